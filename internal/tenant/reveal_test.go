package tenant

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/pii"
)

func revealing(t *testing.T, rows string) (*Tenant, []string) {
	t.Helper()
	loaded, problems := load(edited(t, fileApprovals, "reveal:             # who may see what surrogates stand for\n  - {groups: [privacy], types: [email, phone, name, address]}", rows))
	var said []string
	for _, p := range problems {
		said = append(said, p.String())
	}
	return loaded, said
}

func TestReveal(t *testing.T) {
	loaded, problems := revealing(t, "reveal:\n  - {groups: [privacy], types: [email, phone]}\n  - {groups: [auditors], types: ['*'], within: 12h}")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := authority.Reveals{
		{Groups: []string{"privacy"}, Types: pii.Set(0).With(pii.Email).With(pii.Phone), Within: 5 * time.Minute},
		{Groups: []string{"auditors"}, Types: pii.All &^ pii.Set(0).With(pii.Secret), Within: 12 * time.Hour},
	}
	if diff := cmp.Diff(want, loaded.Approvals.Reveal); diff != "" {
		t.Error(diff)
	}
	if loaded, problems := revealing(t, ""); len(problems) > 0 || loaded.Approvals.Reveal != nil {
		t.Errorf("somebody sees something: %v %v", loaded.Approvals.Reveal, problems)
	}
}

func TestOperators(t *testing.T) {
	if loaded, problems := revealing(t, "operators: [auditors]"); len(problems) > 0 || !slices.Equal(loaded.Approvals.Operators, []string{"auditors"}) {
		t.Errorf("%v", problems)
	}
	if _, problems := revealing(t, "operators: [admins]"); !slices.Equal(problems, []string{"approvals.yaml: operators: is no group of people.yaml (got admins)"}) {
		t.Errorf("%q", problems)
	}
}

func TestRevealMistakes(t *testing.T) {
	for row, want := range map[string]string{
		"{types: [email]}":                                "approvals.yaml: reveal[0].groups: must name who sees it",
		"{groups: [lawyers], types: [email]}":             "approvals.yaml: reveal[0].groups: is no group of people.yaml (got lawyers)",
		"{groups: [privacy]}":                             `approvals.yaml: reveal[0].types: must name what they see, like [email, phone], or ["*"]`,
		"{groups: [privacy], types: [mail]}":              `approvals.yaml: reveal[0].types: must be types of mask.yaml that come back, or "*"; secret and text never do (got mail)`,
		"{groups: [privacy], types: [secret]}":            `approvals.yaml: reveal[0].types: must be types of mask.yaml that come back, or "*"; secret and text never do (got secret)`,
		"{groups: [privacy], types: [email], within: 1s}": "approvals.yaml: reveal[0].within: must be from 1m0s to 12h0m0s (got 1s)",
		"{groups: [privacy], types: [email], since: 1h}":  "approvals.yaml: line 7: is no setting of this file (got since)",
	} {
		if _, problems := revealing(t, "reveal:\n  - "+row); cmp.Diff([]string{want}, problems) != "" {
			t.Errorf("%s: %q", row, problems)
		}
	}
}
