package desk

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// changes are what people changed since the agent asked, word by word.
func changes(i ledger.Intent) []Changed {
	var out []Changed
	for _, name := range i.Edited() {
		before, _ := i.Edits[0].Args.Text(name)
		now, _ := i.Call.Args.Text(name)
		out = append(out, Changed{Name: name, Parts: difference(before, now)})
	}
	return out
}

// difference compares two texts. What was taken away stands before what came in
// its place; both show what a page would act on.
func difference(before, now string) []Part {
	w := wordList{at: map[string]rune{}}
	differ := diffmatchpatch.New()
	found := differ.DiffMainRunes(w.runes(before), w.runes(now), false)
	var out []Part
	for _, d := range differ.DiffCleanupSemantic(found) {
		kind := map[diffmatchpatch.Operation]string{diffmatchpatch.DiffEqual: "same", diffmatchpatch.DiffDelete: "old", diffmatchpatch.DiffInsert: "new"}[d.Type]
		out = append(out, Part{Kind: kind, Text: visible(w.text(d.Text))})
	}
	return out
}

// wordList stands one character for each word, so that texts are compared by words.
type wordList struct {
	at    map[string]rune
	words []string
}

// firstWord is a private character; what follows has no surrogates in it.
const firstWord = 0xe000

func (w *wordList) runes(text string) (out []rune) {
	for len(text) > 0 {
		end := wordEnd(text)
		r, ok := w.at[text[:end]]
		if !ok {
			r = rune(firstWord + len(w.words)) // #nosec G115 -- a text has less than 64 Ki words
			w.at[text[:end]], w.words = r, append(w.words, text[:end])
		}
		out, text = append(out, r), text[end:]
	}
	return out
}

func (w *wordList) text(runes string) string {
	var b strings.Builder
	for _, r := range runes {
		b.WriteString(w.words[r-firstWord])
	}
	return b.String()
}

// wordEnd is where the first word of a text ends; what is no word, and each
// character of a script without spaces, stands alone.
func wordEnd(text string) int {
	if end := strings.IndexFunc(text, func(r rune) bool { return !wordly(r) || unicode.In(r, unspaced...) }); end != 0 {
		if end < 0 {
			return len(text)
		}
		return end
	}
	_, end := utf8.DecodeRuneInString(text)
	return end
}

// unspaced are scripts that are written without spaces.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai}
