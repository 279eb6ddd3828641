package action

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
)

// An Upload is an operation whose body nobody reads: it streams to the tool. All
// that the call means stands in its path, query and headers.
type Upload struct {
	Method   string
	Patterns []string // regular expressions (RE2) of a whole path, one for each spelling

	action *Action
}

// Uploads are the catalog's uploads.
func (c *Catalog) Uploads() []Upload {
	var out []Upload
	for _, a := range c.actions {
		if !a.Upload {
			continue
		}
		u := Upload{Method: a.op.method, action: a}
		for i := range a.op.paths {
			u.Patterns = append(u.Patterns, a.op.paths[i].pattern())
		}
		out = append(out, u)
	}
	return out
}

// Reads reports whether the catalog has an action that reads the body of a
// request which could be the upload. One of an MCP server reads all of them.
func (c *Catalog) Reads(u Upload) bool {
	return c.mcp != nil || slices.ContainsFunc(c.actions, func(a *Action) bool {
		return !a.Upload && a.op.method == u.Method && a.meets(u.action)
	})
}

// MaxBody is the largest body of a call that is read, in bytes.
func (c *Catalog) MaxBody() int { return c.maxBody }

func (a *Action) meets(other *Action) bool {
	for i := range a.op.paths {
		for j := range other.op.paths {
			if a.op.paths[i].overlaps(a.op.params, &other.op.paths[j], other.op.params) {
				return true
			}
		}
	}
	return false
}

// pattern is what fits a template, whatever its arguments.
func (t *template) pattern() string {
	var b strings.Builder
	for _, seg := range t.segments {
		b.WriteByte('/')
		if seg.param >= 0 {
			b.WriteString(`[A-Za-z0-9_.~-]+`)
		}
		b.WriteString(regexp.QuoteMeta(seg.literal))
	}
	return b.String()
}

// upload compiles the media types that an upload may have.
func (b *actionCompiler) upload() {
	if len(b.src.Upload) == 0 {
		return
	}
	b.action.Upload, b.action.op.upload = true, b.src.Upload
	switch {
	case b.src.Method != "POST" && b.src.Method != "PUT":
		b.add(".upload", "is of a POST or a PUT", b.src.Method)
	case b.action.Effect:
		b.add(".upload", "cannot be an effect: nobody reads what would be done", nil)
	case b.action.op.body != noBody:
		b.add(".upload", "cannot have a body of arguments", b.src.Body)
	case len(b.src.Facts) > 0:
		b.add(".upload", "cannot have facts: it does not wait for them", nil)
	}
	for i, media := range b.src.Upload {
		if !isFileType(media) {
			b.add(fmt.Sprintf(".upload[%d]", i), "must be a media type of a file, as image/png: a form or JSON holds arguments, which would not be read", quoted(media))
		}
	}
}

func isFileType(media string) bool {
	kind, sub, ok := strings.Cut(media, "/")
	return ok && kind != "" && sub != "" && kind != "multipart" && kind != "message" &&
		strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") == "" && strings.Trim(sub, "abcdefghijklmnopqrstuvwxyz0123456789.+-") == "" &&
		sub != "x-www-form-urlencoded" && sub != "json" && !strings.HasSuffix(sub, "+json")
}

// file is the match of an upload's body: its type alone.
func (m *matcher) file() *Mismatch {
	if slices.ContainsFunc(m.op.upload, func(media string) bool { return isMediaType(m.mediaType, media) }) {
		return nil
	}
	return &Mismatch{Reason: reason.BodyMediaType, Field: "header content-type", Hint: "one of " + strings.Join(m.op.upload, ", ")}
}
