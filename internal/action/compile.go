package action

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/money"
)

// bodyCeiling is more than any call to an API needs and less than what would
// let one caller fill the memory.
const bodyCeiling = 1 << 20

// dialects are those of internal/answer.
var dialects = []string{"stripe", "zendesk", "slack", "jira", "hubspot", "problem"}

// Dialects are the dialects that a catalog can name.
func Dialects() []string { return slices.Clone(dialects) }

// Compile reads a catalog. All mistakes are reported at once, by file and
// place; the catalog is only to be used when there are none.
func Compile(file string, data []byte) (*Catalog, config.Problems) {
	var src catalogSource
	if problems := config.Decode(file, data, &src); len(problems) > 0 {
		return nil, problems
	}
	sum := sha256.Sum256(data)
	c := &compiler{file: file, src: &src, catalog: &Catalog{
		name:    src.Name,
		dialect: src.Dialect,
		version: "sha256:" + hex.EncodeToString(sum[:]),
		byName:  map[string]*Action{},
		byTool:  map[string]*Action{},
		prompts: map[string]*Action{},
		routes:  map[string][]route{},
	}}
	c.top()
	c.server()
	c.headers()
	c.proofs("outcomes", &src.Outcomes, &c.catalog.shared.applied, &c.catalog.shared.notApplied)
	for i := range src.Actions {
		c.action(i)
	}
	// What refers to other actions is read once all of them are known.
	for _, b := range c.built {
		b.finish()
	}
	c.asks()
	c.overlaps()
	c.toolNames()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	slices.SortFunc(c.catalog.actions, func(a, b *Action) int { return strings.Compare(a.Name, b.Name) })
	return c.catalog, nil
}

type compiler struct {
	file     string
	src      *catalogSource
	catalog  *Catalog
	built    []*actionCompiler
	problems config.Problems
}

func (c *compiler) add(path, what string, got any) {
	c.problems.Add(c.file+": "+path, what, got)
}

func (c *compiler) top() {
	if !isName(c.src.Name) {
		c.add("name", "must be lower case letters, digits and _", quoted(c.src.Name))
	}
	if !slices.Contains(dialects, c.src.Dialect) {
		c.add("dialect", "must be one of "+strings.Join(dialects, ", "), quoted(c.src.Dialect))
	}
	size, ok := parseSize(c.src.MaxBody)
	if !ok || size < 1 || size > bodyCeiling {
		c.add("max_body", "must be a size up to 1MiB, as 64KiB", quoted(c.src.MaxBody))
	}
	c.catalog.maxBody = size
	c.catalog.shared.refused = map[string]bool{}
	for i, code := range c.src.CurrenciesRefused {
		if _, ok := money.Exponent(code); !ok {
			c.add(fmt.Sprintf("currencies_refused[%d]", i), "must be an upper case ISO 4217 code", quoted(code))
		}
		c.catalog.shared.refused[code] = true
	}
	c.paths()
	if len(c.src.Actions) == 0 {
		c.add("actions", "must list at least one action", nil)
	}
}

// maxPaths and maxPath bound what the mask is told with each of a tool's routes.
const (
	maxPaths = 100
	maxPath  = 200 // bytes
)

// paths reads where answers have no personal data.
func (c *compiler) paths() {
	if len(c.src.PassPaths) > maxPaths {
		c.add("pass_paths", "must be at most 100", len(c.src.PassPaths))
	}
	for i, path := range c.src.PassPaths {
		if !isPosition(path) || strings.Contains(path, only) || len(path) > maxPath || slices.Contains(c.src.PassPaths[:i], path) {
			c.add(fmt.Sprintf("pass_paths[%d]", i), "must be keys with dots between, once; lists on the way are not written", quoted(path))
		}
	}
	c.catalog.passes = c.src.PassPaths
}

// parseSize reads "64KiB".
func parseSize(text string) (int, bool) {
	for unit, factor := range map[string]int{"KiB": 1 << 10, "MiB": 1 << 20} {
		if number, ok := strings.CutSuffix(text, unit); ok && isDigits(number) && len(number) < 6 {
			n, err := strconv.Atoi(number)
			return n * factor, err == nil
		}
	}
	return 0, false
}

func quoted(text string) string { return strconv.Quote(text) }
