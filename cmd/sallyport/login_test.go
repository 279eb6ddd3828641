package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
)

// A login is asked for with a secret, kept for its user alone, used at its Desk
// and no other, and over when it is over.
func TestLoginIsKept(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	asked, expires := 0, time.Now().Add(time.Hour)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body desk.SessionBody
		if r.URL.Path != "/api/v1/session" || json.NewDecoder(r.Body).Decode(&body) != nil || len(body.Secret) < 32 {
			t.Errorf("asked %s %+v", r.URL.Path, body)
		}
		if asked++; asked == 1 {
			w.WriteHeader(http.StatusNotFound)
			_ = json.NewEncoder(w).Encode(desk.Error{Title: "Not yet", Status: http.StatusNotFound, Detail: "Nobody yet."})
			return
		}
		_ = json.NewEncoder(w).Encode(desk.SessionAnswer{Token: "tok", Tenant: "acme", Person: "mia", Expires: expires})
	}))
	defer server.Close()
	got := sallyport(t, "", "login", "--tenant", "acme", "--desk-url", server.URL)
	if got.code != 0 || !strings.Contains(got.stdout, "You are mia of acme until") || !strings.Contains(got.stderr, "http://localhost:10082/cli/") {
		t.Fatalf("%+v", got)
	}
	info, err := os.Stat(filepath.Join(config, "sallyport", "session.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if held, err := readSession(server.URL + "/"); err != nil || held == nil || held.Token != "tok" {
		t.Errorf("%+v %v", held, err)
	}
	if held, err := readSession("http://127.0.0.1:1"); err != nil || held != nil {
		t.Errorf("another Desk: %+v %v", held, err)
	}
	expires = time.Now().Add(-time.Second)
	if got := sallyport(t, "", "login", "--tenant", "acme", "--desk-url", server.URL); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if held, err := readSession(server.URL); held != nil || err == nil || !strings.Contains(err.Error(), "sallyport login --tenant acme") {
		t.Errorf("over: %+v %v", held, err)
	}
	if out := succeeds(t, "", "logout"); !strings.Contains(out, "speaks for nobody") {
		t.Error(out)
	}
	if held, err := readSession(server.URL); held != nil || err != nil {
		t.Errorf("after logout: %+v %v", held, err)
	}
}
