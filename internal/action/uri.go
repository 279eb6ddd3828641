package action

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
)

// uriTemplate is the address of a resource: literal text and arguments by turns.
type uriTemplate []uriPart

// uriPart is a text, or an argument.
type uriPart struct {
	literal string
	param   string // "" for a text
}

// maxURI bounds an address, in bytes.
const maxURI = 1024

// uriText is what addresses have besides arguments. What follows an argument
// begins with none of its characters, so that there is one way to read it.
var (
	uriText  = regexp.MustCompile(`^[!-~]+$`)
	uriBegin = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
)

func isURIValue(b byte) bool { return isWord(b) || b == '-' || b == '.' || b == '~' || b == '%' }

// parseURI reads "orders://order/{order}/notes".
func parseURI(text string) (uriTemplate, error) {
	if !uriBegin.MatchString(text) || len(text) > maxURI {
		return nil, fmt.Errorf("must be an address that begins with a scheme, as orders://{order}")
	}
	var out uriTemplate
	for rest := text; rest != ""; {
		literal, more, open := strings.Cut(rest, "{")
		if strings.ContainsAny(literal, `}%"<>\^|`+"`") || literal != "" && !uriText.MatchString(literal) {
			return nil, fmt.Errorf("must be plain ASCII with arguments in braces")
		}
		if len(out) > 0 && (literal == "" || isURIValue(literal[0])) && (open || literal != "") {
			return nil, fmt.Errorf("must have a character as / or ? behind an argument")
		}
		if literal != "" {
			out = append(out, uriPart{literal: literal})
		}
		if !open {
			return out, nil
		}
		name, after, closed := strings.Cut(more, "}")
		if !closed || !isName(name) {
			return nil, fmt.Errorf("must have names of arguments in braces")
		}
		out, rest = append(out, uriPart{param: name}), after
	}
	return out, nil
}

// fit cuts an address into the values of its arguments, still encoded.
func (t uriTemplate) fit(uri string) (values map[string]string, ok bool) {
	values = map[string]string{}
	for _, part := range t {
		if part.param == "" {
			if uri, ok = strings.CutPrefix(uri, part.literal); !ok {
				return nil, false
			}
			continue
		}
		n := 0
		for n < len(uri) && isURIValue(uri[n]) {
			n++
		}
		values[part.param], uri = uri[:n], uri[n:]
	}
	return values, uri == ""
}

// buildURI writes the address of a resource.
func (op *operation) buildURI(args Args) string {
	var out []byte
	for _, part := range op.mcp.uri {
		out = append(out, part.literal...)
		if part.param != "" {
			out = appendPercent(out, args[part.param].Text)
		}
	}
	return string(out)
}

// uri reads the arguments of an address: in the one spelling that buildURI
// writes, because two spellings could be two resources to the server.
func (m *matcher) uri(uri string) *Mismatch {
	values, ok := m.op.mcp.uri.fit(uri)
	if !ok {
		return &Mismatch{Reason: reason.ActionUnlisted, Hint: "ask resources/list and resources/templates/list for addresses"}
	}
	for i := range m.op.params {
		value := values[m.op.params[i].Name]
		text, plain := decodePercent(value)
		v, accepted := m.op.params[i].fromText(text)
		if mismatch := m.set(i, v, plain && accepted && isSegmentValue(text)); mismatch != nil {
			return mismatch
		}
	}
	if m.op.buildURI(m.args) != uri {
		return &Mismatch{Reason: reason.InputInvalid, Field: "uri", Hint: "letters, digits, - . _ ~ as they are, all else percent-encoded"}
	}
	return nil
}
