package decision

import (
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

func TestNameFindsToolAndCall(t *testing.T) {
	s := shop(t, "")
	for name, tt := range map[string]struct {
		path, called string
		reason       reason.Code
		tool         bool
	}{
		"a call":                  {"/zoo/pets/rex", "pets.pet.get", "", true},
		"another tool":            {"/cats/pets/rex", "", reason.ToolUnknown, false},
		"another spelling":        {"/Zoo/pets/rex", "", reason.ToolUnknown, false},
		"a longer name":           {"/zoox/pets/rex", "", reason.ToolUnknown, false},
		"no tool":                 {"//zoo/pets/rex", "", reason.ToolUnknown, false},
		"no path":                 {"", "", reason.ToolUnknown, false},
		"no slash":                {"zoo/pets/rex", "", reason.ToolUnknown, false},
		"the tool alone":          {"/zoo", "", reason.ActionUnlisted, true},
		"nothing the tool offers": {"/zoo/cages/1", "", reason.ActionUnlisted, true},
	} {
		t.Run(name, func(t *testing.T) {
			tool, call, act, refused := Name("dec-1", s, action.Request{Method: "GET", Path: tt.path})
			if (tool != nil) != tt.tool {
				t.Errorf("tool %v", tool)
			}
			if tt.reason == "" {
				if refused != nil || call.Action != tt.called || call.Tool != "zoo" || act == nil || act.Name != tt.called {
					t.Errorf("got %+v, refused %+v", call, refused)
				}
				return
			}
			if refused == nil {
				t.Fatalf("named %+v", call)
			}
			if refused.Effect != Deny || refused.Reason != tt.reason || refused.ID != "dec-1" || refused.Bundle != s.Version || refused.Lane != "" {
				t.Errorf("got %+v", refused)
			}
		})
	}
}

// A refusal of the catalog says which field, and which call it was, so that the
// answer can be in the words of the tool.
func TestNameSaysWhatIsWrongWithACall(t *testing.T) {
	_, _, _, refused := Name("dec-1", shop(t, ""), action.Request{
		Method: "POST", Path: "/zoo/sales", Header: []action.Header{{Name: "content-type", Value: "application/json"}},
		Body: []byte(`{"pet": "rex", "price": 1, "gift": true}`),
	})
	if refused == nil || refused.Reason != reason.InputUnlisted || refused.Field != "gift" || refused.Hint == "" || refused.Action == nil || refused.Action.Name != "pets.pet.sell" {
		t.Errorf("got %+v", refused)
	}
}
