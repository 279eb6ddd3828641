package database

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// What the server has besides tools.
const (
	statusHelp  = "orders://help/statuses"
	orderSheets = "orders://order/{order}"
	sheetPrefix = "orders://order/"
)

// share adds resources and a prompt to a server.
func (d *Database) share(s *mcp.Server) {
	s.AddResource(&mcp.Resource{Name: "statuses", URI: statusHelp, MIMEType: "text/plain"}, explain)
	s.AddResourceTemplate(&mcp.ResourceTemplate{Name: "order", URITemplate: orderSheets, MIMEType: "application/json"}, d.sheet)
	s.AddResource(&mcp.Resource{Name: "dump", URI: "orders://dump", MIMEType: "application/json"}, d.dump)
	s.AddPrompt(&mcp.Prompt{Name: "summarize", Arguments: []*mcp.PromptArgument{{Name: "customer", Required: true}, {Name: "length"}}}, d.summarize)
	s.AddPrompt(&mcp.Prompt{Name: "raw"}, d.summarize)
}

func contents(uri, media, text string) *mcp.ReadResourceResult {
	return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, MIMEType: media, Text: text}}}
}

func explain(_ context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	return contents(r.Params.URI, "text/plain", "open: not sent yet. shipped: on its way. refunded: paid back."), nil
}

// sheet is one order as a document.
func (d *Database) sheet(_ context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	found, err := d.get(getOrder{Order: strings.TrimPrefix(r.Params.URI, sheetPrefix)})
	if err != nil {
		return nil, mcp.ResourceNotFoundError(r.Params.URI)
	}
	text, err := json.Marshal(found)
	return contents(r.Params.URI, "application/json", string(text)), err
}

// dump is what nobody should read.
func (d *Database) dump(_ context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	text, err := json.Marshal(d.orders)
	return contents(r.Params.URI, "application/json", string(text)), err
}

// summarize is a prompt over the orders of a customer.
func (d *Database) summarize(_ context.Context, r *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
	found, err := d.find(findOrders{Customer: r.Params.Arguments["customer"]})
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(found)
	if err != nil {
		return nil, err
	}
	length := r.Params.Arguments["length"]
	if length == "" {
		length = "short"
	}
	say := func(text string) *mcp.PromptMessage {
		return &mcp.PromptMessage{Role: "user", Content: &mcp.TextContent{Text: text}}
	}
	return &mcp.GetPromptResult{Messages: []*mcp.PromptMessage{say(fmt.Sprintf("Write a %s summary of these orders.", length)), say(string(text))}}, nil
}
