package action

import (
	"bytes"
	"fmt"
	"strings"
)

// A mark is the gateway's own name of an effect, which the tool keeps with what it
// did: "spe_" and 32 hexadecimal digits. It is no argument: no agent can write one,
// no rule and no approval speaks about it.
const (
	markPrefix = "spe_"
	markDigits = 32
	maxMarkKey = 100 // bytes of the key of a form that it stands under
)

// NewMark is the mark of what is known by at least 16 bytes.
func NewMark(of []byte) string { return fmt.Sprintf(markPrefix+"%x", of[:markDigits/2]) }

func isMark(text string) bool {
	digits, ok := strings.CutPrefix(text, markPrefix)
	return ok && len(digits) == markDigits && strings.Trim(digits, "0123456789abcdef") == ""
}

// mark reads where the gateway writes its name of an effect.
func (b *actionCompiler) mark() {
	key := b.src.Mark
	if key == "" {
		return
	}
	if !b.action.Effect || b.action.op.body != formBody || len(key) > maxMarkKey || !isVisible(key) {
		b.add(".mark", "must be the key of a form, up to 100 visible ASCII characters, of an effect with a form", quoted(key))
	}
	for i := range b.action.op.params {
		if p := &b.action.op.params[i]; p.place == inBody && p.at == key {
			b.add(".mark", "is the key of the argument "+p.Name, quoted(key))
		}
	}
	if b.action.Probe == nil || b.action.Probe.Read == "" {
		b.add(".mark", "needs a probe that looks for it", quoted(key))
	}
	b.action.MarkKey = key
}

// markPair is a mark as it ends a form.
func (a *Action) markPair(mark string) []byte {
	return appendPercent(append(appendPercent([]byte("&"), a.MarkKey), '='), mark)
}

// Marked is a request of the action, as Build wrote it, with the gateway's mark, at
// its end; without one when the catalog names no place for it.
func (a *Action) Marked(r Request, mark string) Request {
	if a.MarkKey != "" {
		r.Body = bytes.TrimPrefix(append(bytes.Clone(r.Body), a.markPair(mark)...), []byte("&"))
	}
	return r
}

// MatchSent is Match for what the gateway itself sends, which may bear its mark.
func (c *Catalog) MatchSent(r Request) (Call, *Action, *Mismatch) {
	for _, a := range c.actions {
		if rest, ok := a.unmarked(r); ok {
			if call, act, mismatch := c.Match(rest); mismatch == nil && act == a {
				return call, act, nil
			}
		}
	}
	return c.Match(r)
}

// unmarked is a request without the mark of the action that it ends with.
func (a *Action) unmarked(r Request) (Request, bool) {
	end := len(r.Body) - len(markPrefix) - markDigits
	if a.MarkKey == "" || end < 0 {
		return r, false
	}
	mark := string(r.Body[end:])
	pair := a.markPair(mark)
	body, ok := bytes.CutSuffix(append([]byte("&"), r.Body...), pair)
	if !ok || !isMark(mark) {
		return r, false
	}
	r.Body = bytes.TrimPrefix(body, []byte("&"))
	return r, true
}
