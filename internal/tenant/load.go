package tenant

import (
	"cmp"
	"regexp"
	"slices"
	"sort"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/mask/maskfile"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/policy"
)

// The files of a bundle. Catalogs of the tenant's own stand under catalogs/.
const (
	fileTenant    = "tenant.yaml"
	fileTools     = "tools.yaml"
	fileModel     = "model.conf"
	filePolicy    = "policy.csv"
	fileLimits    = "limits.yaml"
	fileApprovals = "approvals.yaml"
	filePeople    = "people.yaml"
	fileMask      = "mask.yaml"
	fileClients   = "clients.yaml"
	fileChannels  = "channels.yaml"
	fileAfter     = "after.yaml"
	fileCases     = "policy_test.yaml" // for people; nothing is decided by it
	dirCatalogs   = "catalogs/"
	dirShadow     = "shadow/" // model.conf, policy.csv or both, on trial
)

// namePattern is what a tenant and a tool may be called: both are path segments
// and header values.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// Load compiles a bundle. With problems the Tenant is nil and the problems are
// all that could be found, in the order of the files.
func Load(b Bundle) (*Tenant, config.Problems) {
	if b.Unread != "" {
		return nil, config.Problems{{Path: "files", What: b.Unread}}
	}
	l := loader{bundle: b, tenant: &Tenant{Name: b.Name, Title: b.Name, Version: b.Version}}
	l.names()
	l.title()
	l.tools()
	l.toolNames()
	l.people()
	l.channels()
	l.limits()
	l.counted()
	l.approvals()
	l.policy()
	l.mask()
	l.access()
	l.after()
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	l.shadow()
	return l.tenant, nil
}

// loader carries one load.
type loader struct {
	bundle   Bundle
	tenant   *Tenant
	problems config.Problems
	named    []string // the tools that tools.yaml names, usable or not
	unread   bool     // a catalog could not be read: what it offers is not known
}

// names refuses files that no concern owns: a misspelt name would otherwise be
// a policy that silently does not exist.
func (l *loader) names() {
	if !namePattern.MatchString(l.bundle.Name) {
		l.problems.Add("tenant", "must be named with a-z, 0-9 and -, beginning with a letter, at most 63 bytes", l.bundle.Name)
	}
	known := map[string]bool{
		fileTenant: true, fileTools: true, fileModel: true, filePolicy: true,
		fileLimits: true, fileApprovals: true, filePeople: true, fileMask: true, fileClients: true, fileChannels: true, fileAfter: true, fileCases: true,
		dirShadow + fileModel: true, dirShadow + filePolicy: true,
	}
	for _, name := range l.sorted() {
		if !known[name] && !isCatalog(name) {
			l.problems.Add(name, "is not a file of a tenant; the files are tenant.yaml, tools.yaml, model.conf, policy.csv, limits.yaml, approvals.yaml, people.yaml, mask.yaml, clients.yaml, channels.yaml, after.yaml, policy_test.yaml, catalogs/*.yaml and shadow/ with another policy.csv or model.conf", nil)
		}
	}
}

func (l *loader) sorted() []string {
	names := make([]string, 0, len(l.bundle.Files))
	for name := range l.bundle.Files {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (l *loader) title() {
	var doc struct {
		Title    string          `yaml:"title"`
		Language people.Language `yaml:"language"`
	}
	l.decode(fileTenant, &doc)
	people.CheckLanguage(&l.problems, fileTenant+": language", doc.Language)
	l.tenant.Language = cmp.Or(doc.Language, people.English)
	if doc.Title != "" {
		l.tenant.Title = doc.Title
	}
}

func (l *loader) people() {
	var problems config.Problems
	l.tenant.People, problems = people.Parse(filePeople, l.bundle.Files[filePeople])
	l.problems = append(l.problems, problems...)
}

func (l *loader) limits() {
	var problems config.Problems
	l.tenant.Limits, problems = parseLimits(fileLimits, l.bundle.Files[fileLimits])
	l.problems = append(l.problems, problems...)
}

func (l *loader) mask() {
	var problems config.Problems
	l.tenant.Mask, problems = maskfile.Parse(fileMask, l.bundle.Files[fileMask])
	l.problems = append(l.problems, problems...)
	l.maskTools()
	l.maskRoles()
	for _, tool := range l.tenant.Tools {
		l.tenant.Mask = l.tenant.Mask.Passing(tool.Name, tool.Catalog.PassPaths())
	}
}

// policy compiles the rules against what the other files declare. It also runs
// when those have problems, so that the reader gets everything at once, and
// nothing that only follows from them.
func (l *loader) policy() {
	if _, ok := l.bundle.Files[filePolicy]; !ok {
		l.problems.Add(filePolicy, "is missing; without rules nothing is allowed", nil)
		return
	}
	var problems config.Problems
	l.tenant.Policy, problems = l.compile(l.bundle.Files[fileModel], l.bundle.Files[filePolicy])
	l.problems = append(l.problems, slices.DeleteFunc(problems, l.follows)...)
}

// rules are what a policy is compiled from.
func (l *loader) rules(model, rules []byte) policy.Source {
	source := policy.Source{
		Model: model, Policy: rules, Actions: l.actions(),
		Sums: mentions(mentionedSum, rules), Groups: mentions(mentionedGroup, rules),
	}
	if l.tenant.Limits != nil {
		source.Sums = l.tenant.Limits.SumNames()
	}
	if l.tenant.People != nil {
		source.Groups = l.tenant.People.Groups()
	}
	return source
}

func (l *loader) actions() []*action.Action {
	var all []*action.Action
	for _, tool := range l.tenant.Tools {
		all = append(all, tool.Catalog.Actions()...)
	}
	return all
}

// decode reads an optional file.
func (l *loader) decode(name string, into any) {
	l.problems = append(l.problems, config.Decode(name, l.bundle.Files[name], into)...)
}
