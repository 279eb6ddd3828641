package action

import (
	"fmt"
	"slices"
	"strings"
)

// proofs reads what answers prove, of a catalog or of one of its actions.
func (c *compiler) proofs(at string, src *outcomesSource, applied, notApplied *proof) {
	c.proof(at+".applied", src.Applied, applied)
	c.proof(at+".not_applied", src.NotApplied, notApplied)
	if !applied.excludes(notApplied) {
		c.add(at, "must not give one status both meanings: when of each can tell them apart by one position", nil)
	}
}

func (p *proof) empty() bool { return len(p.statuses)+len(p.without)+len(p.anyBody) == 0 }

// excludes says that no answer proves both.
func (p *proof) excludes(other *proof) bool {
	if meets(p.without, other.without) || meets(p.statuses, other.anyBody) || meets(p.without, other.anyBody) {
		return false
	}
	if !meets(p.statuses, other.statuses) {
		return true
	}
	for _, a := range p.when {
		for _, b := range other.when {
			if a.at == b.at && !slices.ContainsFunc(a.is, func(is string) bool { return slices.Contains(b.is, is) }) {
				return true
			}
		}
	}
	return false
}

func meets(some, others []statusRange) bool {
	for _, a := range some {
		for _, b := range others {
			if a.from <= b.to && b.from <= a.to {
				return true
			}
		}
	}
	return false
}

func (c *compiler) proof(at string, src *proofSource, out *proof) {
	if src == nil {
		return
	}
	// An MCP server's error codes are there without a word.
	*out = proof{has: src.Has, statuses: c.statuses(at+".status", src.Status), without: c.statuses(at+".without_body", src.Without), errors: out.errors}
	out.anyBody = c.refusals(at+".any_body", src.AnyBody)
	if c.catalog.mcp != nil {
		c.proofMCP(at, src, out)
	} else if out.empty() {
		c.add(at+".status", "must list at least one status", nil)
	}
	if src.Has != "" && !isPosition(src.Has) {
		c.add(at+".has", "must be keys with dots between", quoted(src.Has))
	}
	out.when, out.unless = c.tests(at+".when", src.When), c.tests(at+".unless", src.Unless)
}

// turnedAway are the statuses of HTTP that say that a request was turned away before
// anything was done with it: for who asks, how often, or its form. Others are said by
// whatever stands between too, or once something was done.
var turnedAway = []string{"401", "405", "411", "413", "414", "415", "429", "431"}

func (c *compiler) refusals(at string, texts []string) []statusRange {
	for i, text := range texts {
		if !strings.HasSuffix(at, ".not_applied.any_body") || !slices.Contains(turnedAway, text) {
			c.add(fmt.Sprintf("%s[%d]", at, i), "must be one of "+strings.Join(turnedAway, ", ")+", of not_applied: whatever the body is, no other says that nothing was done", quoted(text))
		}
	}
	return c.statuses(at, texts)
}

func (c *compiler) statuses(at string, texts []string) []statusRange {
	var out []statusRange
	for i, text := range texts {
		r, ok := parseStatus(text)
		if !ok {
			c.add(fmt.Sprintf("%s[%d]", at, i), "must be a status from 200 to 599, or as 2xx", quoted(text))
		}
		out = append(out, r)
	}
	return out
}

func (c *compiler) tests(at string, sources []testSource) []test {
	var out []test
	for i, src := range sources {
		if !isPosition(src.At) || len(src.Is) == 0 {
			c.add(fmt.Sprintf("%s[%d]", at, i), "must have at and is", nil)
		}
		out = append(out, test{at: src.At, is: src.Is})
	}
	return out
}
