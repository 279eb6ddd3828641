package main

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
)

// greet prints what a newcomer needs next.
func greet(w io.Writer, g *up.Gateway, c *upCommand, took time.Duration) error {
	var b strings.Builder
	addr := g.Addresses()
	fmt.Fprintf(&b, "\nSallyport is ready after %.1f s. Ctrl-C stops all of it.\n\n", took.Seconds())
	path := "/TOOL/…"
	if c.Examples {
		path = "/stripe/v1/charges"
	}
	fmt.Fprintf(&b, "  agents      %s   (a tool is the first path segment: %s)\n", addr.AgentURL, path)
	fmt.Fprintf(&b, "  over MCP    %s/mcp\n", addr.AgentURL)
	greetHosts(&b, g, c)
	fmt.Fprintf(&b, "  Desk        http://%s   (its API: http://%s)\n", addr.DeskPages, addr.Desk)
	fmt.Fprintf(&b, "  tokens      %s\n", addr.Issuer)
	fmt.Fprintf(&b, "  admin       http://%s\n", addr.Admin)
	fmt.Fprintf(&b, "  records     %s audit query%s '…'\n", self(), c.dataHere())
	fmt.Fprintf(&b, "  tenants     %s (%s)\n", c.Tenants, strings.Join(g.Tenants(), ", "))
	if c.Examples {
		if err := greetExamples(&b, g, c); err != nil {
			return err
		}
	} else {
		greetOwn(&b, g, c)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// greetOwn says, for the first tenant, how an agent gets a token and a person
// comes into the Desk.
func greetOwn(b *strings.Builder, g *up.Gateway, c *upCommand) {
	tenants := g.Tenants()
	if len(tenants) == 0 {
		return
	}
	fmt.Fprintf(b, "\nA token for an agent, and a link into the Desk for a person of people.yaml:\n")
	fmt.Fprintf(b, "  %s token --tenant %s --agent AGENT --customer CUSTOMER%s\n", self(), tenants[0], c.dataHere())
	fmt.Fprintf(b, "  %s desk --tenant %s PERSON%s%s\n\n", self(), tenants[0], c.dataHere(), deskHere(g))
}

// greetHosts says by which hosts tools are named, and what makes them resolve.
func greetHosts(b *strings.Builder, g *up.Gateway, c *upCommand) {
	if c.Domain == "" {
		return
	}
	scheme, _, _ := strings.Cut(g.Addresses().AgentURL, "://")
	fmt.Fprintf(b, "              for SDKs that take no path: %s://TOOL.%s%s\n", scheme, c.Domain, g.Addresses().Agent[strings.LastIndexByte(g.Addresses().Agent, ':'):])
	if line := g.HostsLine(net.DefaultResolver); line != "" {
		fmt.Fprintf(b, "              these names do not resolve here; add to /etc/hosts:\n              %s\n", line)
	}
}

// greetExamples prints a token, two Desk links and three commands to try.
func greetExamples(b *strings.Builder, g *up.Gateway, c *upCommand) error {
	raw, err := g.ExampleToken()
	if err != nil {
		return err
	}
	agent, bin := g.Addresses().AgentURL, self()
	fmt.Fprintf(b, "\nDesk links, good for one use within 15 minutes:\n")
	fmt.Fprintf(b, "  Ann Lee, billing lead   %s\n", g.DeskLink("acme", "ann"))
	fmt.Fprintf(b, "  Ole Berg, auditor       %s\n", g.DeskLink("acme", "ole"))
	fmt.Fprintf(b, "\nA token for the agent billing-bot of acme, bound to ticket 1001 and customer cus_ada, for 15 minutes:\n")
	fmt.Fprintf(b, "  export TOKEN=%s\n", raw)
	fmt.Fprintf(b, "\nTry, in another terminal:\n")
	fmt.Fprintf(b, "  curl -s '%s/stripe/v1/charges?customer=cus_ada' -H \"Authorization: Bearer $TOKEN\"\n", agent)
	fmt.Fprintf(b, "  curl -s %s/stripe/v1/refunds -H \"Authorization: Bearer $TOKEN\" -d charge=ch_ada_1000 -d amount=10000   # waits for Ann\n", agent)
	fmt.Fprintf(b, "  %s approvals list%s%s\n\n", bin, c.dataHere(), deskHere(g))
	if origin := "http://" + g.Addresses().Provider; !g.Calls(origin) {
		fmt.Fprintf(b, "No tool has the example provider as its origin, so calls to it fail: write %s in each tools.yaml of %s\n\n", origin, c.Tenants)
	}
	return nil
}

// dataHere is the flag that other commands need for a data folder that is not
// theirs by default.
func (c *upCommand) dataHere() string {
	if usual, err := filepath.Abs(".sallyport"); err == nil && usual == c.Data {
		return ""
	}
	return " --data " + c.Data
}

func deskHere(g *up.Gateway) string {
	if g.Addresses().Desk == "127.0.0.1:10080" {
		return ""
	}
	return " --desk-url http://" + g.Addresses().Desk
}
