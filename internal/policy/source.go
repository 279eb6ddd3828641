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
	Line        int    // of policy.csv, from 1
	Role        string // or the name of an agent
	Action      string // a pattern: "stripe.refund.create", "stripe.*" or "*"
	Condition   string // CEL, as it is written
	Allow       bool   // else it denies
	Obligations Obligations
	Say         string // what the agent reads when the rule refuses, "" for nothing of its own
}
