package policy

import (
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/config"
)

// readObligations reads "-", or "once", "hold:GROUP", "hold:GROUP:VOTES" and
// "say:'words'", separated by ';'.
func readObligations(problems *config.Problems, at, text string) (Obligations, string) {
	var o Obligations
	var say string
	if text == "-" {
		return o, ""
	}
	for _, part := range splitOutsideQuotes(text) {
		key, value, _ := strings.Cut(part, ":")
		switch key {
		case "once":
			if value != "" {
				problems.Add(at, "once takes nothing", part)
			}
			o.Once = true
		case "hold":
			if o.Hold != nil {
				problems.Add(at, "a rule holds for one group", part)
			}
			o.Hold = readHold(problems, at, value)
			o.Once = true
		case "say":
			if len(value) < 2 || value[0] != '\'' || value[len(value)-1] != '\'' {
				problems.Add(at, "say must be say:'words'", value)
				continue
			}
			say = value[1 : len(value)-1]
		default:
			problems.Add(at, "an obligation must be -, once, hold:GROUP, hold:GROUP:VOTES or say:'words'", part)
		}
	}
	return o, say
}

func readHold(problems *config.Problems, at, text string) *Hold {
	group, count, counted := strings.Cut(text, ":")
	hold := &Hold{Group: group, Votes: 1}
	if !counted {
		return hold
	}
	votes, err := strconv.Atoi(count)
	if err != nil || votes < 1 || votes > authority.MaxVotes {
		problems.Add(at, "hold asks for 1 to 9 votes", count)
		return hold
	}
	hold.Votes = votes
	return hold
}

// splitOutsideQuotes splits at ';' that stand outside single quotes.
func splitOutsideQuotes(text string) []string {
	var parts []string
	quoted, start := false, 0
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == ';' && !quoted:
			parts = append(parts, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[start:]))
}
