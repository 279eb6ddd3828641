package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/controlplane/store"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/tenant"
)

type catalogCommand struct {
	Digest catalogDigest `cmd:"" help:"Print the tools of an MCP server with the digests that a catalog pins."`
	Check  catalogCheck  `cmd:"" help:"Compare a tenant's catalogs with what its MCP servers offer."`
}

type catalogDigest struct {
	jsonFlag
	URL        string `arg:"" help:"The MCP server, like https://mcp.example.com/mcp."`
	Protocol   string `help:"What it speaks: 2025-11-25 or 2026-07-28." default:"2025-11-25" enum:"2025-11-25,2026-07-28"`
	Private    bool   `help:"The server may be on this machine or its own network."`
	Credential string `help:"File with the value of the authorization header, like 'Bearer KEY'." type:"path"`
}

// Run asks the server itself, not through the gateway: it is no tool yet.
func (c *catalogDigest) Run(s *surroundings) error {
	at, err := base("the server's URL", c.URL)
	if err != nil {
		return err
	}
	server := &mcpServer{url: at, protocol: client.Protocol(c.Protocol), private: c.Private}
	if c.Credential != "" {
		value, err := os.ReadFile(c.Credential)
		if err != nil {
			return err
		}
		server.slot, server.credential = "authorization", strings.TrimSpace(string(value))
	}
	tools, err := server.tools(s.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, tools)
	}
	for _, t := range tools {
		if _, err := fmt.Fprintf(s.stdout, "%s\n  %s\n  mcp: {tool: %s, digest: %q}\n", plain(t.Name), plain(t.Description), plain(t.Name), t.Digest); err != nil {
			return err
		}
	}
	return nil
}

type catalogCheck struct {
	dataFlag
	jsonFlag
	Tenant  string `arg:"" help:"The tenant."`
	Tenants string `help:"Folder with one folder a tenant." default:"examples/tenants" env:"SALLYPORT_TENANTS" type:"path"`
}

// toolState is one tool of an MCP server beside its catalog.
type toolState struct {
	Tool    string `json:"tool"`
	Name    string `json:"name"`
	Action  string `json:"action"` // "" when the catalog does not list it
	State   string `json:"state"`  // reviewed, changed, gone or unlisted
	Pinned  string `json:"pinned,omitempty"`
	Offered string `json:"offered,omitempty"`
}

// The states of a tool.
const (
	stateReviewed = "reviewed"
	stateChanged  = "changed"
	stateGone     = "gone"
	stateUnlisted = "unlisted"
)

// Run asks every MCP server of a tenant, with the credential that the gateway
// uses.
func (c *catalogCheck) Run(s *surroundings) error {
	t, err := c.tenant(s)
	if err != nil {
		return err
	}
	credentials, err := c.credentials()
	if err != nil {
		return err
	}
	all := []toolState{}
	for _, tool := range t.Tools {
		path, protocol, over := tool.Catalog.MCP()
		if !over {
			continue
		}
		server := &mcpServer{url: tool.Origin + path, protocol: protocol, private: tool.Private}
		if value, ok := credentials[secret.Name{Tenant: t.Name, Name: tool.Credential.Secret}]; ok {
			server.slot, server.credential = tool.Credential.Slot(), tool.Credential.Value(value.Reveal())
		}
		offered, err := server.tools(s.ctx)
		if err != nil {
			return fmt.Errorf("the tool %s of %s: %w", tool.Name, t.Name, err)
		}
		all = append(all, compareTools(tool, offered)...)
	}
	return c.print(s, all)
}

func (c *catalogCheck) print(s *surroundings, all []toolState) error {
	if c.JSON {
		if err := printJSON(s.stdout, all); err != nil {
			return err
		}
	} else if len(all) == 0 {
		_, err := fmt.Fprintf(s.stdout, "None of %s's tools is an MCP server: there is nothing to compare.\n", plain(c.Tenant))
		return err
	} else {
		w := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
		for _, one := range all {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", one.State, one.Tool, plain(one.Name), one.Action, one.Offered)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, one := range all {
		if one.State == stateChanged || one.State == stateGone {
			return errors.New("a tool is not what was reviewed, and the gateway refuses it: review what the server says now, then put its new digest into the catalog")
		}
	}
	return nil
}

func compareTools(tool *tenant.Tool, offered []client.Tool) []toolState {
	byName := map[string]string{}
	for _, t := range offered {
		byName[t.Name] = t.Digest
	}
	var out []toolState
	for _, act := range tool.Catalog.Actions() {
		name, pinned, isTool := act.MCPTool()
		if !isTool { // what a server says about resources and prompts reaches nobody
			continue
		}
		one := toolState{Tool: tool.Name, Name: name, Action: act.Name, State: stateReviewed, Pinned: pinned, Offered: byName[name]}
		switch one.Offered {
		case pinned:
		case "":
			one.State = stateGone
		default:
			one.State = stateChanged
		}
		delete(byName, name)
		out = append(out, one)
	}
	for _, t := range offered {
		if digest, left := byName[t.Name]; left {
			out = append(out, toolState{Tool: tool.Name, Name: t.Name, State: stateUnlisted, Offered: digest})
		}
	}
	return out
}

// tenant compiles one tenant of the folder.
func (c *catalogCheck) tenant(s *surroundings) (*tenant.Tenant, error) {
	source, err := store.NewFolder(store.Options{Root: c.Tenants, Clock: clockwork.NewRealClock(), Logger: daemon.Logger(io.Discard, "error")})
	if err != nil {
		return nil, err
	}
	bundles, err := source.Watch(s.ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range <-bundles {
		if b.Name != c.Tenant {
			continue
		}
		t, problems := tenant.Load(b)
		return t, problems.Err()
	}
	return nil, fmt.Errorf("%s has no tenant %q", c.Tenants, c.Tenant)
}

func (c *catalogCheck) credentials() (map[secret.Name]secret.Value, error) {
	if err := c.started(); err != nil {
		return nil, err
	}
	file, err := openSecrets(c.Data)
	if err != nil {
		return nil, err
	}
	return file.Load()
}
