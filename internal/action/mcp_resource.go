package action

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
)

// Offer is how MCP clients reach an action.
type Offer uint8

// The offers. An upload has none: no message carries a file. What a server may ask
// is called by nobody.
const (
	OfferNone Offer = iota
	OfferTool
	OfferResource // one address
	OfferTemplate // addresses with arguments
	OfferPrompt
)

// Offer says how MCP clients reach the action.
func (a *Action) Offer() Offer {
	switch {
	case a.Upload, a.isQuestion():
		return OfferNone
	case a.op.mcp == nil || a.op.mcp.method == client.MethodCall:
		return OfferTool
	case a.op.mcp.method == client.MethodPrompt:
		return OfferPrompt
	case len(a.op.params) > 0:
		return OfferTemplate
	default:
		return OfferResource
	}
}

// MapsAny says whether the catalog maps resources or prompts.
func (c *Catalog) MapsAny() bool {
	return c.mcp != nil && len(c.mcp.read)+len(c.mcp.byPrompt) > 0
}

// Accepts is what an argument may be, in words.
func (a *Action) Accepts(name string) string {
	for i := range a.op.params {
		if p := &a.op.params[i]; p.Name == name {
			hint := p.hint()
			return strings.ToUpper(hint[:1]) + hint[1:]
		}
	}
	return ""
}

// URI is the address of a resource, with its arguments' names in braces.
func (a *Action) URI() string { return a.op.mcp.name }

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

// resource finds the one action of an address. What fits two is neither.
func (s *server) resource(uri string) (*Action, *Mismatch) {
	var found *Action
	why := &Mismatch{Reason: reason.ActionUnlisted, Hint: "ask resources/list and resources/templates/list for addresses"}
	if len(uri) > maxURI {
		return nil, why
	}
	for _, a := range s.read {
		m := matcher{op: a.op, args: Args{}}
		switch mismatch := m.uri(uri); {
		case mismatch == nil && found != nil:
			return nil, &Mismatch{Reason: reason.InputInvalid, Field: "uri", Hint: "an address of one resource: this one is of " + found.Name + " and of " + a.Name}
		case mismatch == nil:
			found = a
		case mismatch.Reason != reason.ActionUnlisted && found == nil:
			why = mismatch
		}
	}
	if found == nil {
		return nil, why
	}
	return found, nil
}

// MatchResource names the call that reads an address; it is MatchArguments for
// resources.
func (c *Catalog) MatchResource(uri string) (Call, *Action, *Mismatch) {
	call := Call{Tool: c.name}
	if c.mcp == nil {
		return call, nil, &Mismatch{Reason: reason.ActionUnlisted}
	}
	a, mismatch := c.mcp.resource(uri)
	if mismatch != nil {
		return call, nil, mismatch
	}
	call.Action = a.Name
	m := matcher{op: a.op, args: Args{}}
	if mismatch := m.uri(uri); mismatch != nil {
		return call, a, mismatch
	}
	if mismatch := m.finish(); mismatch != nil {
		return call, a, mismatch
	}
	if _, err := c.Build(a.Name, m.args); err != nil {
		return call, a, &Mismatch{Reason: reason.BodyTooLarge, Hint: "at most " + itoa(c.maxBody) + " bytes"}
	}
	call.Args = m.args
	return call, a, nil
}

// resource makes an action the reading of a resource.
func (b *actionCompiler) resource() {
	mcp := b.action.op.mcp
	mcp.method, mcp.name = client.MethodRead, b.src.MCP.Resource
	var err error
	if mcp.uri, err = parseURI(mcp.name); err != nil {
		b.add(".mcp.resource", err.Error(), quoted(mcp.name))
	}
	for _, other := range b.catalog.mcp.read {
		if other.op.mcp.name == mcp.name {
			b.add(".mcp.resource", "is the resource of "+other.Name, quoted(mcp.name))
		}
	}
	b.onlyReads()
	b.catalog.mcp.read = append(b.catalog.mcp.read, b.action)
}

// prompt makes an action the getting of a prompt.
func (b *actionCompiler) prompt() {
	name := b.src.MCP.Prompt
	b.action.op.mcp.method, b.action.op.mcp.name = client.MethodPrompt, name
	switch other := b.catalog.mcp.byPrompt[name]; {
	case !toolPattern.MatchString(name):
		b.add(".mcp.prompt", "must be the prompt's name at the server", quoted(name))
	case other != nil:
		b.add(".mcp.prompt", "is the prompt of "+other.Name, name)
	}
	b.onlyReads()
	b.catalog.mcp.byPrompt[name] = b.action
}

func (b *actionCompiler) onlyReads() {
	if b.action.Effect {
		b.add(".effect", "resources and prompts are read: what changes something is a tool", true)
	}
}

// serverParams holds what the arguments of resources and prompts may be.
func (b *actionCompiler) serverParams() {
	if b.action.op.mcp == nil {
		return
	}
	for i := range b.action.op.params {
		p := &b.action.op.params[i]
		at := fmt.Sprintf(".params[%d]", i)
		switch b.action.op.mcp.method {
		case client.MethodPrompt:
			if p.at != p.Name || !p.isPlainText() {
				b.add(at, "is a text to a prompt: no at, and string, enum, id or time, or an integer or a decimal that is quoted", p.Name)
			}
		case client.MethodRead:
			b.inURI(at, p)
		}
	}
	for _, part := range b.action.op.mcp.uri {
		if _, declared := b.action.Param(part.param); part.param != "" && !declared {
			b.add(".mcp.resource", "has {"+part.param+"}, which is no argument", quoted(b.action.op.mcp.name))
		}
	}
}

// inURI holds that an argument stands in a resource's address, once.
func (b *actionCompiler) inURI(at string, p *param) {
	n := 0
	for _, part := range b.action.op.mcp.uri {
		if part.param == p.Name {
			n++
		}
	}
	if p.Kind != ID && p.Kind != Enum {
		b.add(at+".kind", "must be id or enum to stand in an address", p.Name)
	}
	if n != 1 || !p.needed || p.at != p.Name {
		b.add(at, "must be required, without at, and stand in the address once", p.Name)
	}
}

// isPlainText says that a value has one spelling as a text.
func (p *param) isPlainText() bool { return p.takes(stringNode) && (p.quoted || !p.takes(numberNode)) }
