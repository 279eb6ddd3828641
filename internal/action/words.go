package action

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/sallyport/sallyport/internal/money"
)

// BusinessKey names the effect of a resolved call: the action and what the
// catalog says it consists of. Two keys are equal only when all parts are: each
// is written with its length. An argument that is not safe, and a long one,
// stands as its SHA-256, so that a key holds no personal data. The tool is no
// part of it: two tools may share a catalog, and the caller keeps them apart.
func (a *Action) BusinessKey(args Args, facts Facts) (string, error) {
	if len(a.op.key) == 0 {
		return "", fmt.Errorf("%s is no effect and has no business key", a.Name)
	}
	var key strings.Builder
	key.WriteString(a.Name)
	for _, r := range a.op.key {
		v, ok := a.op.find(r, args, facts)
		key.WriteByte('/')
		key.WriteString(r.String())
		key.WriteByte('=')
		if !ok && r.source == refArgs && !a.op.params[a.op.index(r.name)].needed {
			key.WriteString("absent") // no text: those begin with a length or a hash
			continue
		}
		text, scalar := v.Spell()
		if !ok || !scalar {
			return "", fmt.Errorf("business key of %s: %s is not known", a.Name, r)
		}
		if p, _ := a.Param(r.name); len(text) > maxName || (r.source == refArgs && !p.Safe) {
			sum := sha256.Sum256([]byte(text))
			key.WriteString("sha256:" + hex.EncodeToString(sum[:]))
			continue
		}
		key.WriteString(strconv.Itoa(len(text)) + ":" + text)
	}
	return key.String(), nil
}

// Describe is the action's summary with values filled in, one line without
// personal data. What is not known yet is said to be so.
func (a *Action) Describe(args Args, facts Facts) string {
	var out strings.Builder
	for _, p := range a.op.summary {
		out.WriteString(p.text)
		if p.ref.source != refNone {
			out.WriteString(a.word(p.ref, args, facts))
		}
	}
	return out.String()
}

func (a *Action) word(r ref, args Args, facts Facts) string {
	v, ok := a.op.find(r, args, facts)
	if !ok {
		return "(" + strings.ReplaceAll(r.name, "_", " ") + " not known)"
	}
	if v.Kind == Money {
		amount := money.Amount{Minor: v.Int, Currency: v.Text}
		if r.source == refArgs && r.name == a.MoneyArg {
			if known, ok, err := a.Amount(args, facts); ok && err == nil {
				amount = known
			}
		}
		return amount.String()
	}
	text, _ := v.Spell()
	return printable(text)
}

// printable shows what a terminal or a page would act on: controls, direction
// marks and other characters without a shape.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}
