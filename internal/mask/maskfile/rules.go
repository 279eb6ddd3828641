package maskfile

import (
	"maps"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
)

// Rules are a tenant's policies. The zero Rules refuse every answer; those of
// an absent file are Parse(file, nil).
type Rules struct {
	all   mask.Policy
	tools map[string]mask.Policy
	roles []roleRules
}

// For is the policy for a tool's answers, whether the file names the tool or not.
func (r Rules) For(tool string) mask.Policy {
	if p, ok := r.tools[tool]; ok {
		return p
	}
	return r.all
}

// Passing are the rules with paths of a tool's answers where its catalog says that no
// personal data stands, for all and for each role. A key that the file itself names
// stays what the file says.
func (r Rules) Passing(tool string, paths []string) Rules {
	if len(paths) == 0 {
		return r
	}
	p := r.For(tool)
	p.Paths = mask.NewPaths(slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		key := mask.Fold(path[strings.LastIndexByte(path, '.')+1:])
		_, named := p.Keys[key]
		return named || p.Drop[key]
	}))
	r.tools = maps.Clone(r.tools)
	if r.tools == nil {
		r.tools = map[string]mask.Policy{}
	}
	r.tools[tool] = p
	r.roles = slices.Clone(r.roles)
	for i := range r.roles {
		r.roles[i].rules = r.roles[i].rules.Passing(tool, paths)
	}
	return r
}

// Tools are the tools the file names, sorted, so that a loader can refuse those
// the tenant does not have.
func (r Rules) Tools() []string {
	named := maps.Clone(r.tools)
	for _, role := range r.roles {
		maps.Copy(named, role.rules.tools)
	}
	return slices.Sorted(maps.Keys(named))
}

// settings are the members that stand at the top of the file and under a tool.
type settings struct {
	Types      []string          `yaml:"types"`
	Keys       map[string]string `yaml:"keys"`
	PassKeys   []string          `yaml:"pass_keys"`
	DropKeys   []string          `yaml:"drop_keys"`
	Regions    []string          `yaml:"regions"`
	MediaTypes []string          `yaml:"media_types"`
	MaxBody    string            `yaml:"max_body"`
	Visible    []string          `yaml:"visible"`
}

type document struct {
	settings `yaml:",inline"`
	Tools    map[string]settings `yaml:"tools"`
	Roles    []roleSettings      `yaml:"roles"`
}

// Parse reads the named file. The Rules are only to be used when there are no
// problems.
func Parse(file string, data []byte) (Rules, config.Problems) {
	var doc document
	problems := config.Decode(file, data, &doc)
	if len(problems) > 0 {
		return Rules{}, problems
	}
	r := Rules{tools: map[string]mask.Policy{}}
	r.all = doc.policy(mask.Default(), file+": ", &problems)
	for _, tool := range slices.Sorted(maps.Keys(doc.Tools)) {
		r.tools[tool] = doc.Tools[tool].policy(r.all, file+": tools."+tool+".", &problems)
	}
	r.addRoles(doc.Roles, file, &problems)
	if len(problems) > 0 {
		return Rules{}, problems
	}
	return r, nil
}

// policy is base with the settings made: keys are added to those of base, all
// else replaces.
func (s settings) policy(base mask.Policy, at string, problems *config.Problems) mask.Policy {
	p := base
	if s.Types != nil {
		p.Types = s.types(at, problems)
	}
	if s.Visible != nil {
		p.Show = s.visible(at, problems)
	}
	if s.Regions != nil {
		p.Regions = s.regions(at, problems)
	}
	if s.MediaTypes != nil {
		p.Media = s.media(at, problems)
	}
	if s.MaxBody != "" {
		p.MaxBody = size(s.MaxBody, at+"max_body", problems)
	}
	s.addKeys(&p, base, at, problems)
	return p
}

func (s settings) types(at string, problems *config.Problems) pii.Set {
	var set pii.Set
	for _, name := range s.Types {
		t, ok := pii.ParseType(name)
		if !ok || !pii.All.Has(t) {
			problems.Add(at+"types", "must be "+listed(pii.All), name)
			continue
		}
		set = set.With(t)
	}
	if len(s.Types) == 0 {
		problems.Add(at+"types", "must name a type; leave it out to mask all", nil)
	}
	return set
}

// shown are the types of which surrogate.Visible shows a part.
var shown = pii.Set(0).With(pii.Card).With(pii.SSN).With(pii.Phone).With(pii.BankAccount).With(pii.Email).With(pii.IBAN).With(pii.Name).With(pii.Birthdate)

func (s settings) visible(at string, problems *config.Problems) pii.Set {
	var set pii.Set
	for _, name := range s.Visible {
		t, ok := pii.ParseType(name)
		if !ok || !shown.Has(t) {
			problems.Add(at+"visible", "must be "+listed(shown), name)
			continue
		}
		set = set.With(t)
	}
	return set
}

func (s settings) regions(at string, problems *config.Problems) (set pii.Regions) {
	for _, code := range s.Regions {
		with, ok := set.With(code)
		if !ok {
			codes := pii.RegionCodes()
			problems.Add(at+"regions", "must be "+strings.Join(codes[:len(codes)-1], ", ")+" or "+codes[len(codes)-1], code)
		}
		set = with
	}
	return set
}

// addKeys gives p keys and passes of its own. A tool's word on a key replaces
// the word of the top.
func (s settings) addKeys(p *mask.Policy, base mask.Policy, at string, problems *config.Problems) {
	p.Keys, p.Pass, p.Drop = maps.Clone(base.Keys), maps.Clone(base.Pass), maps.Clone(base.Drop)
	if p.Keys == nil {
		p.Keys = map[string]pii.Type{}
	}
	if p.Pass == nil {
		p.Pass = map[string]bool{}
	}
	if p.Drop == nil {
		p.Drop = map[string]bool{}
	}
	said := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(s.Keys)) {
		folded, ok := fold(key, at+"keys", said, problems)
		t, known := pii.ParseType(s.Keys[key])
		if !known {
			problems.Add(at+"keys."+key, "must be "+listed(pii.All.With(pii.Text)), s.Keys[key])
		}
		if ok && known {
			p.Keys[folded] = t
			delete(p.Pass, folded)
			delete(p.Drop, folded)
		}
	}
	for _, key := range s.PassKeys {
		if folded, ok := fold(key, at+"pass_keys", said, problems); ok {
			p.Pass[folded] = true
			delete(p.Keys, folded)
			delete(p.Drop, folded)
		}
	}
	for _, key := range s.DropKeys {
		if folded, ok := fold(key, at+"drop_keys", said, problems); ok {
			p.Drop[folded] = true
			delete(p.Keys, folded)
			delete(p.Pass, folded)
		}
	}
}

// fold is a key as policies hold it; false if it is empty, too long or was said
// before in another spelling.
func fold(key, at string, said map[string]string, problems *config.Problems) (string, bool) {
	folded := mask.Fold(key)
	switch first, again := said[folded]; {
	case folded == "":
		problems.Add(at, "must not hold an empty key", key)
	case len(key) > mask.LongestKey:
		problems.Add(at, "must hold keys of at most 64 bytes", key)
	case again:
		problems.Add(at, "names a key twice, which was "+first, key)
	default:
		said[folded] = key
		return folded, true
	}
	return "", false
}

// listed are the types of a set as a problem names them: a, b or c.
func listed(set pii.Set) string {
	var names []string
	for t := range pii.Type(pii.Types) {
		if set.Has(t) {
			names = append(names, t.String())
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
