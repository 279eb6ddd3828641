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
		routes:  map[string][]route{},
	}}
	c.top()
	c.server()
	c.headers()
	c.outcomes()
	for i := range src.Actions {
		c.action(i)
	}
	// What refers to other actions is read once all of them are known.
	for _, b := range c.built {
		b.finish()
	}
	c.overlaps()
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
	if !slices.Contains([]string{"stripe", "zendesk", "problem"}, c.src.Dialect) {
		c.add("dialect", "must be stripe, zendesk or problem", quoted(c.src.Dialect))
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
	if len(c.src.Actions) == 0 {
		c.add("actions", "must list at least one action", nil)
	}
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

func (c *compiler) outcomes() {
	c.proof("outcomes.applied", c.src.Outcomes.Applied, &c.catalog.shared.applied)
	c.proof("outcomes.not_applied", c.src.Outcomes.NotApplied, &c.catalog.shared.notApplied)
	for _, a := range c.catalog.shared.applied.statuses {
		for _, n := range c.catalog.shared.notApplied.statuses {
			if a.from <= n.to && n.from <= a.to {
				c.add("outcomes", "must not give one status both meanings", a.from)
			}
		}
	}
}

func (c *compiler) proof(at string, src *proofSource, out *proof) {
	if src == nil {
		return
	}
	for i, text := range src.Status {
		r, ok := parseStatus(text)
		if !ok {
			c.add(fmt.Sprintf("%s.status[%d]", at, i), "must be a status from 200 to 599, or as 2xx", quoted(text))
		}
		out.statuses = append(out.statuses, r)
	}
	if c.catalog.mcp != nil {
		c.proofMCP(at, src, out)
	} else if len(src.Status) == 0 {
		c.add(at+".status", "must list at least one status", nil)
	}
	out.has = src.Has
	for i, e := range src.Unless {
		if e.At == "" || len(e.Is) == 0 {
			c.add(fmt.Sprintf("%s.unless[%d]", at, i), "must have at and is", nil)
		}
		out.unless = append(out.unless, exception{at: e.At, is: e.Is})
	}
}

// overlaps refuses two actions that one request could be.
func (c *compiler) overlaps() {
	for i, a := range c.built {
		for _, b := range c.built[:i] {
			if a.action.op.method == b.action.op.method && a.meets(b) {
				c.add(a.at+".path", "one request could be this action and "+b.action.Name, a.src.Path)
			}
		}
	}
}

func (b *actionCompiler) meets(other *actionCompiler) bool {
	for i := range b.action.op.paths {
		for j := range other.action.op.paths {
			if b.action.op.paths[i].overlaps(b.action.op.params, &other.action.op.paths[j], other.action.op.params) {
				return true
			}
		}
	}
	return false
}

func quoted(text string) string { return strconv.Quote(text) }
