package action

import (
	"fmt"

	"github.com/sallyport/sallyport/internal/mcp/client"
)

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
