package policy

import (
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/token"
)

// What is shown to an agent is what some rule could allow it, whatever its
// condition; a deny alone shows nothing.
func TestMayAllow(t *testing.T) {
	e, problems := Compile(Source{
		Policy: []byte("p, reader, pets.pet.get, session.ticket == '1', allow, -\np, seller, pets.*, true, allow, once\np, guard, pets.pet.get, true, deny, -\n" +
			"p, lone-bot, pets.pet.get, true, allow, -\ng, bot, reader\ng, boss, seller\ng, watch, guard\n"),
		Actions: []*action.Action{{Name: "pets.pet.get"}, {Name: "pets.pet.sell", Effect: true}},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	get, sell := &action.Action{Name: "pets.pet.get"}, &action.Action{Name: "pets.pet.sell", Effect: true}
	for name, tt := range map[string]struct {
		who       token.Identity
		get, sell bool
	}{
		"by a role":              {token.Identity{Agent: "bot"}, true, false},
		"by a pattern":           {token.Identity{Agent: "boss"}, true, true},
		"by its own name":        {token.Identity{Agent: "lone-bot"}, true, false},
		"a deny":                 {token.Identity{Agent: "watch"}, false, false},
		"nobody":                 {token.Identity{Agent: "x"}, false, false},
		"narrowed to nothing":    {token.Identity{Agent: "boss", Roles: []string{}}, false, false},
		"narrowed to another":    {token.Identity{Agent: "boss", Roles: []string{"reader"}}, false, false},
		"narrowed to what it is": {token.Identity{Agent: "boss", Roles: []string{"seller"}}, true, true},
	} {
		if e.MayAllow(tt.who, "shop", get) != tt.get || e.MayAllow(tt.who, "shop", sell) != tt.sell {
			t.Errorf("%s: get %v, sell %v", name, e.MayAllow(tt.who, "shop", get), e.MayAllow(tt.who, "shop", sell))
		}
	}
}
