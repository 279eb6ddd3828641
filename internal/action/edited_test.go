package action

import (
	"slices"
	"strings"
	"testing"
)

// What a person writes is read as what an agent writes, and only where the
// catalog lets people write.
func TestEdited(t *testing.T) {
	c := shippedCatalog(t, "zendesk")
	a, _ := c.Action("zendesk.comment.create")
	args := Args{"ticket": {Kind: ID, Text: "1001"}, "body": {Kind: String, Text: "Hello."}, "public": {Kind: Bool, Bool: true}}
	for name, tt := range map[string]struct {
		set     map[string]string
		changed []string
		hint    string
	}{
		"a text":          {map[string]string{"body": "Good morning."}, []string{"body"}, ""},
		"two":             {map[string]string{"body": "Good morning.", "public": "false"}, []string{"body", "public"}, ""},
		"the same":        {map[string]string{"body": "Hello.", "public": "true"}, nil, ""},
		"nothing":         {nil, nil, ""},
		"what it is of":   {map[string]string{"ticket": "1002"}, nil, "nobody may change this"},
		"what is not":     {map[string]string{"subject": "x"}, nil, "nobody may change this"},
		"an empty text":   {map[string]string{"body": ""}, nil, "it must be "},
		"no text":         {map[string]string{"body": "a\x00b"}, nil, "it must be "},
		"no bool":         {map[string]string{"public": "yes"}, nil, "it must be true or false"},
		"too long a text": {map[string]string{"body": strings.Repeat("x", 64<<10+1)}, nil, "it must be "},
	} {
		t.Run(name, func(t *testing.T) {
			got, mismatch := c.Edited(a, args, tt.set)
			if tt.hint != "" {
				if mismatch == nil || !strings.Contains(mismatch.Hint, tt.hint) || got != nil {
					t.Errorf("%v %v", got, mismatch)
				}
				return
			}
			if changed := args.Changed(got); mismatch != nil || !slices.Equal(changed, tt.changed) {
				t.Errorf("%v changed: %v", changed, mismatch)
			}
			if args["body"].Text != "Hello." {
				t.Error("the agent's arguments were changed")
			}
		})
	}
}

func TestChangedIsBothWays(t *testing.T) {
	a, b := Args{"a": {Kind: String, Text: "1"}, "b": {Kind: Bool}}, Args{"b": {Kind: String}, "c": {Kind: Bool}}
	if got, back := a.Changed(b), b.Changed(a); !slices.Equal(got, []string{"a", "b", "c"}) || !slices.Equal(got, back) {
		t.Errorf("%v %v", got, back)
	}
}
