package action

import (
	"embed"
	"slices"
	"strings"
)

// Catalog is one compiled catalog. It is immutable and safe to use together.
type Catalog struct {
	name    string
	dialect string
	version string
	maxBody int
	passes  []string
	actions []*Action // by name
	byName  map[string]*Action
	byTool  map[string]*Action // by their names as MCP tools
	routes  map[string][]route // by method
	shared  shared
	mcp     *server            // nil for a tool of HTTP operations
	prompts map[string]*Action // by their names as MCP prompts
}

type route struct {
	template template
	action   *Action
}

// Name is the catalog's name, the first part of its actions' names.
func (c *Catalog) Name() string { return c.name }

// Dialect is how the tool words its errors, one of answer.Dialects: "stripe",
// "problem" for a tool that has no words of its own.
func (c *Catalog) Dialect() string { return c.dialect }

// Version is "sha256:<hex>" of the source.
func (c *Catalog) Version() string { return c.version }

// PassPaths are the positions of the tool's answers, in all of them, where texts stand
// that are no personal data whatever their key is called.
func (c *Catalog) PassPaths() []string { return c.passes }

// Actions are all actions by name. The caller must not change the slice.
func (c *Catalog) Actions() []*Action { return c.actions }

// Action finds an action by its full name.
func (c *Catalog) Action(name string) (*Action, bool) {
	a, ok := c.byName[name]
	return a, ok
}

// IsFact says whether the gateway itself may make a read, by its action's name: some
// action names it as a fact or as its probe.
func (c *Catalog) IsFact(read string) bool {
	return slices.ContainsFunc(c.actions, func(a *Action) bool {
		return a.Probe != nil && a.Probe.Read == read || slices.ContainsFunc(a.Facts, func(f Fact) bool { return f.Action == read })
	})
}

// Param finds an argument by its name.
func (a *Action) Param(name string) (Param, bool) {
	for _, p := range a.Params {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// Type is what a fact's field is, as an argument would say it.
func (f Field) Type() Param {
	return Param{Name: f.Name, Kind: f.Kind, Required: !f.Optional, Scale: f.as.Scale, Items: f.Items, Fields: f.Fields}
}

// Quoted says whether the tool's answers have a number as a text.
func (f Field) Quoted() bool { return f.as.quoted }

// Write spells a value as the tool's answers do, in JSON.
func (f Field) Write(v Value) []byte { return f.as.appendValue(nil, v) }

// Parse reads a decimal or a time as people write them.
func (p Param) Parse(text string) (Value, bool) {
	in := param{Param: p}
	v, ok := in.fromCanonical(text)
	return v, ok && (p.Kind == Decimal || p.Kind == Time)
}

// Needed says whether a call with these arguments needs the fact: one with When only
// if that argument is given. The record of a fact that is not needed is empty.
func (f *Fact) Needed(args Args) bool {
	_, given := args[f.When]
	return f.When == "" || given
}

//go:embed catalogs/*.yaml
var shipped embed.FS

// Shipped is the source of a catalog that comes with the gateway.
func Shipped(name string) (data []byte, ok bool) {
	data, err := shipped.ReadFile("catalogs/" + name + ".yaml")
	return data, err == nil
}

// ShippedNames are the names of the catalogs that come with the gateway, sorted.
func ShippedNames() []string {
	entries, err := shipped.ReadDir("catalogs")
	if err != nil {
		return nil // the folder is part of the program
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ".yaml")
	}
	return names
}
