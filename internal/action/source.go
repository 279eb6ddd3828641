package action

import "time"

// The structs of a catalog's YAML. docs/reference/catalog.md explains every key.

type catalogSource struct {
	Name              string         `yaml:"name"`
	Dialect           string         `yaml:"dialect"`
	MaxBody           string         `yaml:"max_body"`
	CurrenciesRefused []string       `yaml:"currencies_refused"`
	MCP               *mcpSource     `yaml:"mcp"`
	Headers           []headerSource `yaml:"headers"`
	Outcomes          struct {
		Applied    *proofSource `yaml:"applied"`
		NotApplied *proofSource `yaml:"not_applied"`
	} `yaml:"outcomes"`
	Actions []actionSource `yaml:"actions"`
}

type headerSource struct {
	Name    string   `yaml:"name"`
	Any     bool     `yaml:"any"`
	Values  []string `yaml:"values"`
	Pattern string   `yaml:"pattern"`
	Send    string   `yaml:"send"`
}

type proofSource struct {
	Status  []string `yaml:"status"`
	Has     string   `yaml:"has"`
	Errors  []int    `yaml:"errors"`
	IsError bool     `yaml:"is_error"`
	Unless  []struct {
		At string   `yaml:"at"`
		Is []string `yaml:"is"`
	} `yaml:"unless"`
}

type actionSource struct {
	Name         string         `yaml:"name"`
	Summary      string         `yaml:"summary"`
	Effect       *bool          `yaml:"effect"`
	Method       string         `yaml:"method"`
	Path         string         `yaml:"path"`
	Aliases      []string       `yaml:"aliases"`
	Body         string         `yaml:"body"`
	Params       []paramSource  `yaml:"params"`
	Facts        []factSource   `yaml:"facts"`
	BusinessKey  []string       `yaml:"business_key"`
	ProviderKey  string         `yaml:"provider_key"`
	DedupeWindow time.Duration  `yaml:"dedupe_window"`
	ReplayMark   string         `yaml:"replay_mark"`
	MCP          *mcpToolSource `yaml:"mcp"`
}

type paramSource struct {
	Name     string   `yaml:"name"`
	In       string   `yaml:"in"`
	At       string   `yaml:"at"`
	Repeats  []string `yaml:"repeats"`
	Kind     string   `yaml:"kind"`
	Required bool     `yaml:"required"`
	Values   []string `yaml:"values"`
	Prefixes []string `yaml:"prefixes"`
	Chars    string   `yaml:"chars"`
	Min      int64    `yaml:"min"`
	Max      int64    `yaml:"max"`
	Safe     bool     `yaml:"safe"`
	Currency string   `yaml:"currency"`
	Absent   string   `yaml:"absent"`
}

type factSource struct {
	Name   string            `yaml:"name"`
	Action string            `yaml:"action"`
	Args   map[string]string `yaml:"args"`
	Fields []fieldSource     `yaml:"fields"`
}

type fieldSource struct {
	Name     string `yaml:"name"`
	Kind     string `yaml:"kind"`
	From     string `yaml:"from"`
	Currency string `yaml:"currency"`
	Optional bool   `yaml:"optional"`
}
