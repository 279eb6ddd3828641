package action

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/mcp/client"
)

type mcpSource struct {
	Path     string          `yaml:"path"`
	Protocol client.Protocol `yaml:"protocol"`
	MayAsk   []string        `yaml:"may_ask"`
}

type mcpToolSource struct {
	Tool     string `yaml:"tool"`
	Digest   string `yaml:"digest"`
	Resource string `yaml:"resource"`
	Prompt   string `yaml:"prompt"`
}

var (
	toolPattern   = regexp.MustCompile(`^[!-~]{1,128}$`) // it travels in a header
	digestPattern = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// server reads where the MCP server of a catalog is.
func (c *compiler) server() {
	src := c.src.MCP
	if src == nil {
		return
	}
	for _, part := range strings.Split(strings.TrimPrefix(src.Path, "/"), "/") {
		if !strings.HasPrefix(src.Path, "/") || part == "" || part == "." || part == ".." || !isPlain(part) {
			c.add("mcp.path", "must be a plain path, as /mcp", quoted(src.Path))
			break
		}
	}
	if !src.Protocol.Known() {
		c.add("mcp.protocol", "must be "+string(client.Sessions)+" or "+string(client.Stateless), quoted(string(src.Protocol)))
	}
	c.catalog.mcp = &server{path: src.Path, protocol: src.Protocol, byTool: map[string]*Action{}, byPrompt: map[string]*Action{}}
	c.catalog.shared.notApplied.errors = []string{"-32602", "-32601"}
}

// proofMCP reads what only an answer of an MCP server can say.
func (c *compiler) proofMCP(at string, src *proofSource, out *proof) {
	if len(src.Status) > 0 {
		c.add(at+".status", "says nothing about an answer over MCP", nil)
	}
	if len(src.AnyBody) > 0 {
		c.add(at+".any_body", "says nothing about an answer over MCP", nil)
	}
	if strings.HasSuffix(at, ".applied") && (src.IsError || src.Errors != nil) {
		c.add(at, "an error is never a proof that something was done", nil)
	}
	out.isError = src.IsError
	if src.Errors != nil {
		out.errors = nil
	}
	for _, code := range src.Errors {
		out.errors = append(out.errors, strconv.Itoa(code))
	}
}

// tool makes an action one of the catalog's MCP server: all of them are a POST
// to one path.
func (b *actionCompiler) tool() {
	src := b.src.MCP
	if (src != nil) != (b.catalog.mcp != nil) {
		b.add(".mcp", "must be given for every action of a catalog with mcp, and for no other", nil)
	}
	if src == nil || b.catalog.mcp == nil {
		return
	}
	if b.src.Method != "" || b.src.Path != "" || b.src.Aliases != nil || b.src.Body != "" || b.src.ProviderKey != "" {
		b.add(".mcp", "stands in place of method, path, aliases, body and provider_key", nil)
	}
	b.action.op.mcp = &serverTool{name: src.Tool, digest: src.Digest}
	switch {
	case (src.Resource != "" || src.Prompt != "") && (src.Tool != "" || src.Digest != "") || src.Resource != "" && src.Prompt != "":
		b.add(".mcp", "must be a tool with its digest, a resource or a prompt", nil)
	case src.Resource != "":
		b.resource()
	case src.Prompt != "":
		b.prompt()
	default:
		b.serverTool()
	}
	for i := range b.src.Params {
		if in := b.src.Params[i].In; in != "" && in != "body" {
			b.add(fmt.Sprintf(".params[%d].in", i), "is one of the call's arguments, in the body", in)
		}
	}
	b.src.Method, b.src.Path, b.src.Body = "POST", b.catalog.mcp.path, "json"
	b.action.op.method = "POST"
}

// serverTool makes an action a tool of the server.
func (b *actionCompiler) serverTool() {
	src := b.src.MCP
	b.action.op.mcp.method = client.MethodCall
	switch other := b.catalog.mcp.byTool[src.Tool]; {
	case !toolPattern.MatchString(src.Tool):
		b.add(".mcp.tool", "must be the tool's name at the server", quoted(src.Tool))
	case other != nil:
		b.add(".mcp.tool", "is the tool of "+other.Name, src.Tool)
	}
	if !digestPattern.MatchString(src.Digest) {
		b.add(".mcp.digest", "must be what `sallyport catalog digest` prints for the tool that was reviewed", quoted(src.Digest))
	}
	b.catalog.mcp.byTool[src.Tool] = b.action
}
