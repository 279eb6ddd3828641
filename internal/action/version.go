package action

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
)

// unlistedOperation refuses a request that no path fits. Of an address that is there in
// another version it says which: versions are reviewed one by one, because a new one
// may answer or mean something else.
func (c *Catalog) unlistedOperation(r *Request) *Mismatch {
	out := &Mismatch{Reason: reason.ActionUnlisted, Hint: "the catalog lists no operation with this method and path"}
	parts := strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
	for _, route := range c.routes[r.Method] {
		if !route.template.butForVersion(parts) {
			continue
		}
		var versions []string
		for _, t := range route.action.op.paths {
			for _, seg := range t.segments {
				if seg.param < 0 && isVersion(seg.literal) && !slices.Contains(versions, seg.literal) {
					versions = append(versions, seg.literal)
				}
			}
		}
		out.Hint = "the catalog lists this address in version " + strings.Join(versions, ", ") + " alone"
		return out
	}
	return out
}

// butForVersion says that a path differs from the template in one version alone.
func (t *template) butForVersion(parts []string) bool {
	if len(parts) != len(t.segments) {
		return false
	}
	others := 0
	for i, seg := range t.segments {
		switch {
		case seg.param >= 0:
			if !strings.HasSuffix(parts[i], seg.literal) {
				return false
			}
		case seg.literal == parts[i]:
		case isVersion(seg.literal) && isVersion(parts[i]):
			others++
		default:
			return false
		}
	}
	return others == 1
}

// isVersion says that a segment is one as "v3", "2", "1.0", "2026-03" or "latest".
func isVersion(text string) bool {
	if text == "latest" {
		return true
	}
	text = strings.TrimPrefix(text, "v")
	return text != "" && len(text) <= len("2026-03-01") && strings.Trim(text, "0123456789.-") == "" && isDigit(text[0])
}
