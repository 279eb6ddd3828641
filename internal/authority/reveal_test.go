package authority

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

func TestRevealsFind(t *testing.T) {
	rows := Reveals{
		{Groups: []string{"privacy", "legal"}, Types: pii.Set(0).With(pii.Email)},
		{Groups: []string{"privacy"}, Types: pii.Set(0).With(pii.Email).With(pii.Card)},
		{Types: pii.All},
	}
	for name, c := range map[string]struct {
		groups []string
		typ    pii.Type
		want   int
	}{
		"the first row":        {[]string{"legal"}, pii.Email, 0},
		"a later row":          {[]string{"sales", "privacy"}, pii.Card, 1},
		"another type":         {[]string{"legal"}, pii.Card, -1},
		"another group":        {[]string{"sales"}, pii.Email, -1},
		"nobody":               {nil, pii.Email, -1},
		"a group without name": {[]string{""}, pii.Email, -1},
		"no type":              {[]string{"privacy"}, pii.None, -1},
	} {
		if got := rows.Find(c.groups, c.typ); got != c.want {
			t.Errorf("%s: row %d, want %d", name, got, c.want)
		}
	}
	if !rows.Any([]string{"legal"}) || rows.Any([]string{"sales"}) || rows.Any(nil) {
		t.Error("who sees something")
	}
}
