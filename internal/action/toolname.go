package action

import (
	"regexp"
	"strings"
)

// maxToolName is what the strictest model provider takes as the name of a tool.
const maxToolName = 64

// mcpPath is no operation of any tool: at it agents reach the gateway's own MCP
// server.
const mcpPath = "/mcp"

// maxDescription bounds what every model is told about one action, in bytes.
const maxDescription = 1024

// ToolName is the action's name as an MCP tool: "stripe_refund_create".
func (a *Action) ToolName() string { return toolName(a.Name) }

func toolName(name string) string { return strings.ReplaceAll(name, ".", "_") }

// ByToolName finds an action by its name as an MCP tool; uploads are none.
func (c *Catalog) ByToolName(name string) (*Action, bool) {
	a, ok := c.byTool[name]
	return a, ok
}

// ByPromptName finds an action by its name as an MCP prompt.
func (c *Catalog) ByPromptName(name string) (*Action, bool) {
	a, ok := c.prompts[name]
	return a, ok
}

// Schema is the JSON Schema of the action's arguments. What it lets through is
// still read strictly; what it refuses is no call.
func (a *Action) Schema() []byte { return a.op.schema }

// toolNames gives every action its name as a tool, and refuses two with one.
func (c *compiler) toolNames() {
	for _, b := range c.built {
		name := toolName(b.src.Name)
		if len(name) > maxToolName {
			b.add(".name", "must be at most 64 bytes, as the name of an MCP tool", quoted(b.src.Name))
		}
		if other := c.catalog.byTool[name]; other != nil && other.Name != b.src.Name {
			b.add(".name", "is the same MCP tool as "+other.Name, quoted(b.src.Name))
		}
		switch b.action.Offer() {
		case OfferTool:
			c.catalog.byTool[name] = b.action
		case OfferPrompt:
			c.catalog.prompts[name] = b.action
		default: // an upload has no name, a resource an address
		}
		b.describe()
		b.action.op.schema = b.action.op.appendSchema(nil)
	}
}

// placeholder is a part of a summary that is filled in.
var placeholder = regexp.MustCompile(` ?\{[^}]*\}`)

// describe says what models are told: the catalog's own words, or the summary
// without what is filled in.
func (b *actionCompiler) describe() {
	b.action.Description = strings.TrimSpace(b.src.Description)
	if b.action.Description == "" {
		b.action.Description = strings.TrimSpace(placeholder.ReplaceAllString(b.src.Summary, ""))
	}
	if len(b.action.Description) > maxDescription || !validText(b.action.Description) {
		b.add(".description", "must be at most 1024 bytes of text", nil)
	}
}
