package tenant

import (
	"strings"
	"testing"
)

const onTrial = "p, billing, stripe.refund.create, true, deny, say:'Not any more.'\ng, billing-bot, billing\n"

// Cases and shadows decide nothing: writing them is no new version.
func TestVersionIsOfWhatDecides(t *testing.T) {
	plain := edited(t)
	for name, want := range map[string]bool{"policy_test.yaml": true, "shadow/policy.csv": true, "shadow/model.conf": true, "policy.csv": false, "mask.yaml": false} {
		other := edited(t, name, "", onTrial)
		if same := Version(plain) == Version(other); same != want {
			t.Errorf("with another %s the version is the same: %v", name, same)
		}
		if shadowed := ShadowVersion(other) != ""; shadowed != strings.HasPrefix(name, "shadow/") {
			t.Errorf("%s makes a shadow: %v", name, shadowed)
		}
	}
	if ShadowVersion(edited(t, "shadow/policy.csv", "", "p")) == ShadowVersion(edited(t, "shadow/policy.csv", "", "g")) {
		t.Error("two shadows have one version")
	}
}

// A shadow that is not there, or cannot be used, leaves the tenant as it is.
func TestShadowKeepsNobodyFromGoingLive(t *testing.T) {
	f := follow(t)
	f.step(bundle(t, "acme"))
	first, _ := f.set.Get("acme")
	for _, step := range []struct {
		edits    []string
		problems string
		on       bool
	}{
		{[]string{"shadow/policy.csv", "", onTrial}, "", true},
		{[]string{"shadow/policy.csv", "", "p, billing, stripe.nothing, true, deny, -\n"}, "shadow/policy.csv:1: matches no action of the tenant's tools (got stripe.nothing)", false},
		{[]string{"shadow/model.conf", "", "nonsense"}, "shadow/model.conf: ", false},
		{[]string{"shadow/model.conf", "", string(files(t, "acme")["model.conf"])}, "", true},
		{nil, "", false},
	} {
		b := bundle(t, "acme", step.edits...)
		f.step(b)
		now, status := f.set.All()["acme"], f.follower.Status()[0]
		if now.Version != first.Version || status.Live != first.Version {
			t.Fatalf("%v: live is %s", step.edits, now.Version)
		}
		if (now.Shadow != nil) != step.on || step.on && now.Shadow.Version != b.Shadow {
			t.Errorf("%v: the shadow is %v", step.edits, now.Shadow)
		}
		if got := status.Problems.Error(); (step.problems == "") != (got == "") || !strings.HasPrefix(got, step.problems) {
			t.Errorf("%v: problems are %q", step.edits, got)
		}
	}
}
