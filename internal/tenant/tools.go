package tenant

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/wire"
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
	problems := config.Decode(fileTools, l.bundle.Files[fileTools], &doc)
	l.problems = append(l.problems, withoutValues(problems)...)
	l.unread = len(problems) > 0
	if len(doc.Tools) == 0 && !l.unread {
		l.problems.Add(fileTools+": tools", "must list at least one tool", nil)
	}
	names, catalogs := map[string]bool{}, map[string]bool{}
	for i, entry := range doc.Tools {
		at := fmt.Sprintf("%s: tools[%d]", fileTools, i)
		if entry.Name != "" && names[entry.Name] {
			l.problems.Add(at+".name", "is used by another tool", entry.Name)
		}
		if entry.Catalog != "" && catalogs[entry.Catalog] {
			l.problems.Add(at+".catalog", "is used by another tool; one tool a catalog, or its actions would have two meanings", entry.Catalog)
		}
		names[entry.Name], catalogs[entry.Catalog] = true, true
		l.named = append(l.named, entry.Name)
		if tool := l.tool(at, entry); tool != nil {
			l.tenant.Tools = append(l.tenant.Tools, tool)
		}
	}
	l.shareTools()
}

func (l *loader) tool(at string, doc toolDoc) *Tool {
	if !namePattern.MatchString(doc.Name) {
		l.problems.Add(at+".name", "must be a-z, 0-9 and -, beginning with a letter", doc.Name)
	}
	if doc.Name == wire.ToolMCP {
		l.problems.Add(at+".name", "is where agents reach the gateway's own MCP server; choose another", doc.Name)
	}
	if doc.Name == wire.PathGateway {
		l.problems.Add(at+".name", "is where agents reach the gateway's own actions; choose another", doc.Name)
	}
	if doc.Catalog == wire.ToolMCP || doc.Catalog == "sallyport" {
		l.problems.Add(at+".catalog", "names the gateway's own actions; choose another", doc.Catalog)
	}
	tool := &Tool{
		Name:       doc.Name,
		Private:    doc.Private,
		Origin:     l.origin(at+".origin", doc.Origin, doc.Private),
		Credential: l.credential(at+".credential", doc),
		Timeout:    l.timeout(at+".timeout", doc.Timeout),
		Catalog:    l.catalog(at+".catalog", doc.Catalog),
	}
	if tool.Catalog == nil {
		l.unread = true
		return nil
	}
	return tool
}

// withoutValues cuts values off: tools.yaml is where a credential is pasted by
// mistake, and problems are printed, logged and shown.
func withoutValues(problems config.Problems) config.Problems {
	for i := range problems {
		if !wordPattern.MatchString(problems[i].Got) {
			problems[i].Got = ""
		}
	}
	return problems
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

// Names as other places take them.
var (
	hostPattern   = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,251}[a-zA-Z0-9])?$`)
	secretPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

	// What cannot be a credential, nor hold one, and so may be repeated.
	wordPattern     = regexp.MustCompile(`^[a-zA-Z_-]{1,12}$`)
	harmlessPattern = regexp.MustCompile(`^([a-z]+://)?[^/@?#]*/?$`)
)

func (l *loader) origin(at, text string, private bool) string {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !isHost(u.Hostname()) || !isPort(u) {
		var got any
		if harmlessPattern.MatchString(text) {
			got = text
		}
		l.problems.Add(at, "must be like https://api.example.com or http://host:port", got)
		return ""
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		l.problems.Add(at, "must be scheme, host and port alone; paths come from the catalog, credentials from secrets", nil)
	}
	if u.Scheme == "http" && !private && harmlessPattern.MatchString(text) {
		l.problems.Add(at, "must be https: the credential would cross the internet in clear; for an address of your own network say private: true", text)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host)
}

func isHost(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Zone() == "" || hostPattern.MatchString(host)
}

func isPort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

// credential repeats nothing that could be the secret itself.
func (l *loader) credential(at string, doc toolDoc) Credential {
	c := Credential{Secret: doc.Credential.Secret, Scheme: doc.Credential.Scheme}
	if !secretPattern.MatchString(c.Secret) {
		l.problems.Add(at+".secret", "must name a secret of the tenant, in a-z, 0-9, '_' and '-' (its value is stored with `sallyport secret put`)", nil)
	}
	switch c.Scheme {
	case Bearer, BasicUser, Basic, APIKey:
	default:
		var got any
		if wordPattern.MatchString(string(c.Scheme)) {
			got = c.Scheme
		}
		l.problems.Add(at+".scheme", "must be bearer, basic_user, basic or x-api-key", got)
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
	catalog, problems := compileCatalog(file, data)
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
