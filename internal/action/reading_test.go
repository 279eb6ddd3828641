package action

import "testing"

func TestReading(t *testing.T) {
	const body = `{"ticket": {"requester_id": 9001, "external_id": null, "subject": "", "tags": ["a"], "vip": true, "score": 1.5, "big": 90071992547409930}, "user": {"external_id": "cus_ada"}}`
	r, ok := Read(200, "application/json", []byte(body))
	if !ok {
		t.Fatal("it is not read")
	}
	for path, want := range map[string]string{
		"ticket.requester_id": "9001", "user.external_id": "cus_ada", "ticket.big": "90071992547409930",
		"ticket.external_id": "", "ticket.subject": "", "ticket.tags": "", "ticket.vip": "", "ticket.score": "", "ticket": "", "nobody": "", "ticket.requester_id.x": "", "": "",
	} {
		if got, ok := r.Text(path); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q %v", path, got, ok)
		}
	}
	for name, c := range map[string]struct {
		status      int
		media, body string
	}{
		"absent": {404, "application/json", body}, "no JSON": {200, "text/html", body}, "a list": {200, "application/json", "[]"}, "a key twice": {200, "application/json", `{"a":1,"a":2}`}, "cut": {200, "application/json", body[:40]},
	} {
		if _, ok := Read(c.status, c.media, []byte(c.body)); ok {
			t.Errorf("%s is read", name)
		}
	}
}
