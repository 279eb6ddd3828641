package maskfile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/mask"
)

// sees is what a role sees besides: it opens what the top of the file closes, and
// closes nothing, so that an agent never sees more by having a role less.
type sees struct {
	Types    []string          `yaml:"types"`
	Keys     map[string]string `yaml:"keys"`
	PassKeys []string          `yaml:"pass_keys"`
	Visible  []string          `yaml:"visible"`
}

type roleSettings struct {
	Role  string `yaml:"role"`
	sees  `yaml:",inline"`
	Tools map[string]sees `yaml:"tools"`
}

// roleRules are the rules for agents with a role.
type roleRules struct {
	name  string
	rules Rules
}

// RoleOf is the role whose rules count for an agent with these: the first of the
// file that it has, "" for none.
func (r Rules) RoleOf(has []string) string {
	for _, one := range r.roles {
		if slices.Contains(has, one.name) {
			return one.name
		}
	}
	return ""
}

// Roles are the roles that have rules, in the order of the file.
func (r Rules) Roles() []string {
	var names []string
	for _, one := range r.roles {
		names = append(names, one.name)
	}
	return names
}

// As are the rules for a role; r itself, which shows least, for any that has none.
func (r Rules) As(role string) Rules {
	for _, one := range r.roles {
		if one.name == role {
			return one.rules
		}
	}
	return r
}

// addRoles gives r the rules of roles.
func (r *Rules) addRoles(roles []roleSettings, file string, problems *config.Problems) {
	for i, role := range roles {
		at := fmt.Sprintf("%s: roles[%d].", file, i)
		switch {
		case role.Role == "":
			problems.Add(at+"role", "must name the role of the policy that sees this", nil)
		case slices.ContainsFunc(roles[:i], func(before roleSettings) bool { return before.Role == role.Role }):
			problems.Add(at+"role", "stands here before; say all of it in one place", role.Role)
		}
		one := Rules{all: role.policy(r.all, at, problems), tools: map[string]mask.Policy{}}
		for tool := range r.tools {
			one.tools[tool] = opened(r.tools[tool], r.all, one.all)
		}
		for _, tool := range slices.Sorted(maps.Keys(role.Tools)) {
			base, ok := one.tools[tool]
			if !ok {
				base = one.all
			}
			one.tools[tool] = role.Tools[tool].policy(base, at+"tools."+tool+".", problems)
		}
		r.roles = append(r.roles, roleRules{role.Role, one})
	}
}

// policy is base with more to see.
func (s sees) policy(base mask.Policy, at string, problems *config.Problems) mask.Policy {
	p := settings{Types: s.Types, Keys: s.Keys, PassKeys: s.PassKeys, Visible: s.Visible}.policy(base, at, problems)
	if p.Types&^base.Types != 0 {
		problems.Add(at+"types", "must be of those that all agents have masked: a role sees more, not less", nil)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
		if !base.Drop[mask.Fold(key)] {
			problems.Add(at+"keys."+key, "must be one that drop_keys takes from all agents: a role sees more, not less", nil)
		}
	}
	p.Show |= base.Show
	return p
}

// opened is a tool's policy with what a role sees of all tools. What the tool alone
// closes stays closed: the role's word is on what is closed for all.
func opened(tool, all, role mask.Policy) mask.Policy {
	p := tool
	p.Types = tool.Types &^ (all.Types &^ role.Types)
	p.Show = tool.Show | role.Show&^all.Show
	p.Keys, p.Pass, p.Drop = maps.Clone(tool.Keys), maps.Clone(tool.Pass), maps.Clone(tool.Drop)
	for key := range role.Pass {
		if !all.Pass[key] && alike(tool, all, key) {
			p.Pass = with(p.Pass, key, true)
			delete(p.Keys, key)
			delete(p.Drop, key)
		}
	}
	for key := range all.Drop {
		if masked := role.Keys[key]; !role.Drop[key] && !role.Pass[key] && alike(tool, all, key) {
			p.Keys = with(p.Keys, key, masked)
			delete(p.Drop, key)
		}
	}
	return p
}

// alike says that a tool has no word of its own on a key.
func alike(tool, all mask.Policy, key string) bool {
	return tool.Drop[key] == all.Drop[key] && tool.Pass[key] == all.Pass[key] && tool.Keys[key] == all.Keys[key]
}

func with[V any](m map[string]V, key string, v V) map[string]V {
	if m == nil {
		m = map[string]V{}
	}
	m[key] = v
	return m
}
