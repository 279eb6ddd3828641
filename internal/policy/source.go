package policy

import (
	_ "embed"

	"github.com/sallyport/sallyport/internal/action"
)

// Names of the files in problems and rules.
const (
	fileModel  = "model.conf"
	filePolicy = "policy.csv"
)

// defaultModel is the model of a tenant that has no model.conf.
//
//go:embed model.conf
var defaultModel string

// Source is what a tenant's rules are compiled from.
type Source struct {
	Model, Policy []byte
	Actions       []*action.Action // of all the tenant's catalogs
	Sums          []string         // names that limits.yaml declares
	Groups        []string         // groups that people.yaml declares
}

// Rule is one p line.
type Rule struct {
	Line        int
	Role        string
	Action      string // a pattern
	Condition   string
	Allow       bool
	Obligations Obligations
	Say         string
}
