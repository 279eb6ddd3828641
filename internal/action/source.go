package action

import "time"

// The structs of a catalog's YAML. docs/reference/catalog.md explains every key.

type catalogSource struct {
	Name              string         `yaml:"name"`
	Dialect           string         `yaml:"dialect"`
	MaxBody           string         `yaml:"max_body"`
	CurrenciesRefused []string       `yaml:"currencies_refused"`
	PassPaths         []string       `yaml:"pass_paths"`
	MCP               *mcpSource     `yaml:"mcp"`
	Headers           []headerSource `yaml:"headers"`
	Outcomes          outcomesSource `yaml:"outcomes"`
	Actions           []actionSource `yaml:"actions"`
}

type outcomesSource struct {
	Applied    *proofSource `yaml:"applied"`
	NotApplied *proofSource `yaml:"not_applied"`
}

type headerSource struct {
	Name    string   `yaml:"name"`
	Any     bool     `yaml:"any"`
	Values  []string `yaml:"values"`
	Pattern string   `yaml:"pattern"`
	Send    string   `yaml:"send"`
}

type proofSource struct {
	Status  []string     `yaml:"status"`
	Without []string     `yaml:"without_body"`
	AnyBody []string     `yaml:"any_body"`
	Has     string       `yaml:"has"`
	Errors  []int        `yaml:"errors"`
	IsError bool         `yaml:"is_error"`
	When    []testSource `yaml:"when"`
	Unless  []testSource `yaml:"unless"`
}

// testSource compares one position of an answer with texts.
type testSource struct {
	At string   `yaml:"at"`
	Is []string `yaml:"is"`
}

type actionSource struct {
	Name         string         `yaml:"name"`
	Summary      string         `yaml:"summary"`
	Description  string         `yaml:"description"`
	Effect       *bool          `yaml:"effect"`
	Method       string         `yaml:"method"`
	Path         string         `yaml:"path"`
	Aliases      []string       `yaml:"aliases"`
	Body         string         `yaml:"body"`
	Upload       []string       `yaml:"upload"`
	Params       []paramSource  `yaml:"params"`
	Empty        []string       `yaml:"empty"`
	Facts        []factSource   `yaml:"facts"`
	Outcomes     outcomesSource `yaml:"outcomes"`
	Subject      *subjectSource `yaml:"subject"`
	BusinessKey  []string       `yaml:"business_key"`
	Reason       string         `yaml:"reason"`
	Undo         *undoSource    `yaml:"undo"`
	Probe        *probeSource   `yaml:"probe"`
	Export       *exportSource  `yaml:"export"`
	ProviderKey  string         `yaml:"provider_key"`
	DedupeWindow time.Duration  `yaml:"dedupe_window"`
	ReplayMark   string         `yaml:"replay_mark"`
	Mark         string         `yaml:"mark"`
	MCP          *mcpToolSource `yaml:"mcp"`
}

type subjectSource struct {
	Customer string `yaml:"customer"`
	Ticket   string `yaml:"ticket"`
}

type paramSource struct {
	Name       string `yaml:"name"`
	In         string `yaml:"in"`
	typeSource `yaml:",inline"`

	Repeats    []string `yaml:"repeats"`
	Safe       bool     `yaml:"safe"`
	Restorable bool     `yaml:"restorable"`
	Recipient  bool     `yaml:"recipient"`
	Editable   bool     `yaml:"editable"`
	Personal   Personal `yaml:"personal"`
	Spelled    string   `yaml:"spelled"`
	Currency   string   `yaml:"currency"`
	Decimals   *int     `yaml:"decimals"`
	Absent     string   `yaml:"absent"`
	StandsFor  string   `yaml:"stands_for"`
	Through    string   `yaml:"through"`
}

// typeSource is what an argument, an item of a list and a field of an object
// can say about their values.
type typeSource struct {
	At       string       `yaml:"at"`
	Kind     string       `yaml:"kind"`
	Required bool         `yaml:"required"`
	Values   []string     `yaml:"values"`
	Prefixes []string     `yaml:"prefixes"`
	Chars    string       `yaml:"chars"`
	Pattern  string       `yaml:"pattern"`
	Min      int64        `yaml:"min"`
	Max      int64        `yaml:"max"`
	Scale    int          `yaml:"scale"`
	Unit     string       `yaml:"unit"`
	Format   string       `yaml:"format"`
	Quoted   bool         `yaml:"quoted"`
	Join     string       `yaml:"join"`
	Items    *typeSource  `yaml:"items"`
	Fields   []partSource `yaml:"fields"`
}

// partSource is a declared field of an object.
type partSource struct {
	Name       string `yaml:"name"`
	typeSource `yaml:",inline"`
}

type factSource struct {
	Name   string            `yaml:"name"`
	Action string            `yaml:"action"`
	When   string            `yaml:"when"`
	Args   map[string]string `yaml:"args"`
	Fields []fieldSource     `yaml:"fields"`
}

type fieldSource struct {
	Name     string       `yaml:"name"`
	Kind     string       `yaml:"kind"`
	From     string       `yaml:"from"`
	Currency string       `yaml:"currency"`
	Optional bool         `yaml:"optional"`
	Unit     string       `yaml:"unit"`
	Outside  bool         `yaml:"outside"`
	Scale    int          `yaml:"scale"`
	Format   string       `yaml:"format"`
	Quoted   bool         `yaml:"quoted"`
	Pattern  string       `yaml:"pattern"`
	Items    *typeSource  `yaml:"items"`
	Fields   []partSource `yaml:"fields"`
}
