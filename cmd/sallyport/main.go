// Command sallyport is the gateway and everything that people do with it. `up` runs
// all of it (package up). The files of another command begin with its name:
// `approvals list` is in approvals.go, `policy diff` in policy_diff.go. main.go lists the
// commands; flags.go, service.go, live.go and print.go are shared.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/sallyport/sallyport/internal/daemon"
)

// commands is the command line.
type commands struct {
	Up        upCommand        `cmd:"" help:"Start the whole gateway in the foreground."`
	Extauthz  extauthzCommand  `cmd:"" help:"Run Envoy's checks alone, beside an 'up --external extauthz' on the same data, or for an Envoy of your own."`
	Approvald approvaldCommand `cmd:"" help:"Run the mediated lane alone, beside an 'up --external approvald' on the same data."`
	Run       runCommand       `cmd:"" help:"Run a program whose calls get fresh tokens."`
	Token     tokenCommand     `cmd:"" help:"Print a gateway token for an agent."`
	Revoke    revokeCommand    `cmd:"" help:"Refuse tokens that were issued before now, at once."`
	Client    clientCommand    `cmd:"" help:"Declare programs that get tokens from the token endpoint."`
	Keys      keysCommand      `cmd:"" help:"Rotate and withdraw the gateway's own keys."`
	Approvals approvalsCommand `cmd:"" help:"List, approve and deny what waits for a person."`
	Login     loginCommand     `cmd:"" help:"Log in through a browser: approvals are then read and decided as you."`
	Logout    logoutCommand    `cmd:"" help:"Forget that login."`
	Person    personCommand    `cmd:"" help:"Give people logins of their own: invite, forget."`
	Channels  channelsCommand  `cmd:"" help:"Show what channels of people were not told, and send it again."`
	Desk      deskCommand      `cmd:"" help:"Print a one-time link to the Desk for a person."`
	Policy    policyCommand    `cmd:"" help:"Check policies before they are live: lint, test, explain, diff."`
	Catalog   catalogCommand   `cmd:"" help:"Review the tools of MCP servers: digest, check."`
	Tenants   tenantsCommand   `cmd:"" help:"Check tenant folders, or show what is live."`
	Secret    secretCommand    `cmd:"" help:"Store the credentials of tools."`
	Audit     auditCommand     `cmd:"" help:"Query the record."`
	PII       piiCommand       `cmd:"" name:"pii" help:"Find and mask personal data in files, as the gateway does in answers."`
}

// surroundings are what commands share.
type surroundings struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	stdin  io.Reader
}

func main() {
	daemon.CollectLess()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(&surroundings{ctx: ctx, stdout: os.Stdout, stderr: os.Stderr, stdin: os.Stdin}, os.Args[1:]))
}

// run parses and runs one command: 0 for success, 1 for failure, 2 for a
// command line that cannot be read.
func run(s *surroundings, args []string) int {
	var cli commands
	helped := false
	parser, err := kong.New(&cli,
		kong.Name("sallyport"),
		kong.Description("A gateway for AI agents: decides, holds, limits, masks and records every call to a tool."),
		kong.Writers(s.stdout, s.stderr), kong.Exit(func(int) { helped = true }),
	)
	if err != nil {
		_, _ = fmt.Fprintln(s.stderr, "sallyport:", err)
		return 2
	}
	command, err := parser.Parse(args)
	switch {
	case helped:
		return 0
	case err != nil:
		_, _ = fmt.Fprintf(s.stderr, "sallyport: %s; see `%s --help`\n", oneLine(err), asked(err))
		return 2
	}
	err = command.Run(s)
	var ended *endedError
	if errors.As(err, &ended) {
		return ended.status
	}
	if err != nil {
		_, _ = fmt.Fprintln(s.stderr, "sallyport:", oneLine(err))
		return 1
	}
	return 0
}

// asked is the command whose line could not be read, as far as it got.
func asked(err error) string {
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil && parse.Context.Selected() != nil {
		return parse.Context.Selected().FullPath()
	}
	return "sallyport"
}
