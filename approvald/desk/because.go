package desk

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/policy"
)

// because is the rule in words that has people asked about an intent, or why else
// they are; "" when the files it was decided by are not live any more.
func because(i ledger.Intent, rule policy.Rule, known bool) string {
	switch {
	case i.Hold == nil:
		return ""
	case i.Earlier != "" && (!known || rule.Obligations.Hold == nil):
		return "The same was done before, so " + authority.Words(i.Hold.Group) + " decide whether it is done again."
	case !known:
		return ""
	}
	about := fmt.Sprintf("Agents with the role %s need the approval of %s for %s", rule.Role, authority.Words(i.Hold.Group), rule.Action)
	if condition := inWords(rule.Condition); condition != "" && condition != "true" {
		about += ", where " + condition
	}
	return about + "."
}

// wordsOf are parts of a condition as people read them: a card calls arguments and
// facts by these names. Longer ones stand before those that they begin with.
var wordsOf = strings.NewReplacer(
	"&&", "and", "||", "or", "==", "=", "!=", "≠", "<=", "≤", ">=", "≥", "!", "not ",
	"args.", "", "facts.", "", "sums.", "sum ", "session.customer", "the conversation's customer", "session.ticket", "the conversation's ticket",
)

// inWords is a condition in the words of a card. What stands in quotes stays as it
// is, and so does what has no words: nothing is left out.
func inWords(condition string) string {
	var b strings.Builder
	for rest := condition; rest != ""; {
		open := strings.IndexAny(rest, `'"`)
		if open < 0 {
			b.WriteString(wordsOf.Replace(rest))
			break
		}
		before, money := strings.CutSuffix(rest[:open], "money(")
		b.WriteString(wordsOf.Replace(before))
		end := closing(rest[open:]) + open
		quoted := rest[open:end]
		rest = rest[end:]
		if after, ok := strings.CutPrefix(rest, ")"); money && ok && len(quoted) > 1 {
			quoted, rest = quoted[1:len(quoted)-1], after
		} else if money {
			b.WriteString("money(")
		}
		b.WriteString(quoted)
	}
	return visible(b.String())
}

// closing is where a quoted text ends that begins a text.
func closing(text string) int {
	for n := 1; n < len(text); n++ {
		switch text[n] {
		case '\\':
			n++
		case text[0]:
			return n + 1
		}
	}
	return len(text)
}

// chineseOf are the words that inWords puts into a condition.
var chineseOf = []struct{ english, chinese string }{
	{"the conversation's customer", "本会话的客户"}, {"the conversation's ticket", "本会话的工单"},
	{"and ", "且 "}, {"or ", "或 "}, {"not ", "非 "}, {"sum ", "累计 "},
}

// inChinese is a condition that inWords made, in Chinese. What stands in quotes stays
// as it is, and so do names.
func inChinese(condition string) string {
	var b strings.Builder
	for n := 0; n < len(condition); {
		length, said := 1, ""
		for _, word := range chineseOf {
			if strings.HasPrefix(condition[n:], word.english) && (n == 0 || strings.IndexByte(" (", condition[n-1]) >= 0) {
				length, said = len(word.english), word.chinese
				break
			}
		}
		if said == "" && (condition[n] == '\'' || condition[n] == '"') {
			length = closing(condition[n:])
		}
		b.WriteString(cmp.Or(said, condition[n:n+length]))
		n += length
	}
	return b.String()
}
