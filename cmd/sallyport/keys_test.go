package main

import (
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	data := started(t)
	run := func(args ...string) outcome {
		return sallyport(t, "", append([]string{"keys"}, append(args, "--data", data)...)...)
	}
	old := strings.TrimSpace(succeeds(t, "", "token", "--data", data, "--tenant", "acme", "--agent", "bot"))
	if got := run("rotate", "token"); got.code != 0 || !strings.HasPrefix(got.stdout, "token-0002 signs in some seconds") {
		t.Errorf("%+v", got)
	}
	rows := decoded[[]keyRow](t, run("list", "--json").stdout)
	if len(rows) != 5 || rows[0].ID != "token-0001" || !rows[0].Signs || rows[0].Retires.IsZero() || rows[1].ID != "token-0002" || rows[1].Signs || !rows[1].Retires.IsZero() {
		t.Errorf("%+v", rows)
	}
	if got := run("list"); got.code != 0 || strings.Count(got.stdout, "\n") != 6 {
		t.Errorf("%+v", got)
	}
	for _, purpose := range []string{"surrogate", "bodies"} {
		if got := run("rotate", purpose); got.code != 0 || !strings.HasPrefix(got.stdout, purpose+"-0002 seals in some seconds.") {
			t.Errorf("%+v", got)
		}
	}
	for name, args := range map[string][]string{
		"the newest": {"withdraw", "token-0002"}, "none": {"withdraw", "token-0007"}, "no id": {"withdraw", "../token-0001"}, "a secret": {"withdraw", "provider-key-0001"},
	} {
		if got := run(args...); got.code != 1 || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := run("withdraw", "token-0001"); got.code != 0 || !strings.Contains(got.stdout, "within a second") {
		t.Errorf("%+v", got)
	}
	if fresh := succeeds(t, "", "token", "--data", data, "--tenant", "acme", "--agent", "bot"); !strings.HasPrefix(fresh, "spgw_") || fresh == old {
		t.Error(fresh)
	}
}
