package tenant

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
)

// Bounds of a tool's timeout: an effect's fence counts with it.
const (
	defaultTimeout = 30 * time.Second
	maxTimeout     = 2 * time.Minute
)

// toolDoc is one entry of tools.yaml.
type toolDoc struct {
	Name       string        `yaml:"name"`
	Catalog    string        `yaml:"catalog"`
	Origin     string        `yaml:"origin"`
	Private    bool          `yaml:"private"`
	Timeout    time.Duration `yaml:"timeout"`
	Credential struct {
		Secret string `yaml:"secret"`
		Scheme Scheme `yaml:"scheme"`
	} `yaml:"credential"`
}

func (l *loader) tools() {
	var doc struct {
		Tools []toolDoc `yaml:"tools"`
	}
	before := len(l.problems)
	l.decode(fileTools, &doc)
	if len(doc.Tools) == 0 && len(l.problems) == before {
		l.problems.Add(fileTools+": tools", "must list at least one tool", nil)
	}
	names, catalogs := map[string]bool{}, map[string]bool{}
	for i, entry := range doc.Tools {
		at := fmt.Sprintf("%s: tools[%d]", fileTools, i)
		if names[entry.Name] {
			l.problems.Add(at+".name", "is used by another tool", entry.Name)
		}
		if catalogs[entry.Catalog] {
			l.problems.Add(at+".catalog", "is used by another tool; one tool a catalog, or its actions would have two meanings", entry.Catalog)
		}
		names[entry.Name], catalogs[entry.Catalog] = true, true
		if tool := l.tool(at, entry); tool != nil {
			l.tenant.Tools = append(l.tenant.Tools, tool)
		}
	}
}

func (l *loader) tool(at string, doc toolDoc) *Tool {
	if !namePattern.MatchString(doc.Name) {
		l.problems.Add(at+".name", "must be a-z, 0-9 and -, beginning with a letter", doc.Name)
	}
	tool := &Tool{
		Name:       doc.Name,
		Private:    doc.Private,
		Origin:     l.origin(at+".origin", doc.Origin),
		Credential: l.credential(at+".credential", doc),
		Timeout:    l.timeout(at+".timeout", doc.Timeout),
		Catalog:    l.catalog(at+".catalog", doc.Catalog),
	}
	if tool.Catalog == nil {
		return nil
	}
	return tool
}

func (l *loader) timeout(at string, d time.Duration) time.Duration {
	switch {
	case d == 0:
		return defaultTimeout
	case d < time.Second || d > maxTimeout:
		l.problems.Add(at, "must be from 1s to 2m", d)
	}
	return d
}

func (l *loader) origin(at, text string) string {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		l.problems.Add(at, "must be like https://api.example.com or http://host:port", text)
		return ""
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		l.problems.Add(at, "must be scheme, host and port alone; paths come from the catalog, credentials from secrets", nil)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

func (l *loader) credential(at string, doc toolDoc) Credential {
	c := Credential{Secret: doc.Credential.Secret, Scheme: doc.Credential.Scheme}
	if c.Secret == "" {
		l.problems.Add(at+".secret", "must name a secret of the tenant (stored with `sallyport secret put`)", nil)
	}
	switch c.Scheme {
	case Bearer, BasicUser, Basic, APIKey:
	default:
		l.problems.Add(at+".scheme", "must be bearer, basic_user, basic or x-api-key", string(c.Scheme))
	}
	return c
}

// catalog takes the tenant's own file before a shipped one of the same name.
func (l *loader) catalog(at, name string) *action.Catalog {
	file := dirCatalogs + name + ".yaml"
	data, ok := l.bundle.Files[file]
	if !ok {
		data, ok = action.Shipped(name)
	}
	if !ok {
		l.problems.Add(at, "is neither shipped ("+strings.Join(action.ShippedNames(), ", ")+") nor a file catalogs/NAME.yaml", name)
		return nil
	}
	catalog, problems := action.Compile(file, data)
	l.problems = append(l.problems, problems...)
	if catalog != nil && catalog.Name() != name {
		l.problems = append(l.problems, config.Problem{Path: file, What: "must be named as its file", Got: catalog.Name()})
		return nil
	}
	return catalog
}

func isCatalog(name string) bool {
	return strings.HasPrefix(name, dirCatalogs) && strings.HasSuffix(name, ".yaml")
}
