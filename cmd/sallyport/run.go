package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/mattn/go-isatty"

	"github.com/sallyport/sallyport/cmd/sallyport/door"
	"github.com/sallyport/sallyport/internal/daemon"
)

type runCommand struct {
	dataFlag
	Tenant   string            `help:"Tenant the agent works for."`
	Agent    string            `help:"Agent's name, as policy.csv gives it roles."`
	Ticket   string            `help:"Ticket the session is bound to; the gateway finds out whose it is."`
	Role     []string          `help:"Narrow the agent's roles to these."`
	TTL      time.Duration     `help:"How long one token is valid; the next one is there before." default:"15m" name:"ttl"`
	Issuer   string            `help:"Where the token endpoint is." default:"http://127.0.0.1:10083" env:"SALLYPORT_ISSUER"`
	ClientID string            `help:"Get tokens as this client (TENANT.ID), where there is no data folder of the gateway." name:"client-id"`
	Secret   string            `help:"File of the client's secret." name:"client-secret-file" type:"existingfile"`
	Cert     string            `help:"PEM of the certificate to show the gateway, for tokens that are bound to one (cnf)." name:"client-cert" type:"existingfile" placeholder:"FILE"`
	Key      string            `help:"PEM of its key." name:"client-key" type:"existingfile" placeholder:"FILE"`
	Set      map[string]string `help:"Give the program more variables with a tool's address: NAME=TOOL." mapsep:"," placeholder:"NAME=TOOL"`
	Command  []string          `arg:"" passthrough:"" help:"The program and its arguments, after --."`
}

// forwarded are the signals that the program gets as they come.
var forwarded = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH}

// endedError is the program's own end: its status, and nothing to say.
type endedError struct{ status int }

// Error is for nobody: main ends with the status.
func (e *endedError) Error() string { return "the program ended with status " + strconv.Itoa(e.status) }

// Run starts the program behind a door of its own and ends as it ends.
func (c *runCommand) Run(s *surroundings) error {
	if len(c.Command) > 0 && c.Command[0] == "--" {
		c.Command = c.Command[1:]
	}
	if len(c.Command) == 0 {
		return errors.New("name the program after --, as in `sallyport run --tenant acme --agent billing-bot --ticket 1001 -- python agent.py`")
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.ctx)) // the program decides when it ends
	defer cancel()
	server, err := door.Discover(ctx, c.Issuer)
	if err != nil {
		return fmt.Errorf("%w; is the gateway running (`make up`), and is --issuer right?", err)
	}
	fetch, err := c.fetch(server)
	if err != nil {
		return err
	}
	source := door.NewSource(fetch, clockwork.NewRealClock())
	if _, err := source.Token(ctx); err != nil {
		return fmt.Errorf("there is no token for this program: %w%s", err, c.hint(err))
	}
	gateway, err := url.Parse(server.Gateway)
	if err != nil {
		return err
	}
	certificate, err := c.certificate(gateway)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d := door.New(door.Options{Gateway: gateway, Source: source, Listener: listener, Certificate: certificate})
	served := make(chan error, 1)
	go func() { served <- daemon.ServeHTTP(ctx, listener, d) }()
	err = c.start(s, d)
	cancel()
	return errors.Join(err, <-served)
}

// certificate reads the pair anew for each connection: it may be renewed while
// the program runs.
func (c *runCommand) certificate(gateway *url.URL) (func() (*tls.Certificate, error), error) {
	switch {
	case c.Cert == "" && c.Key == "":
		return nil, nil
	case c.Cert == "" || c.Key == "":
		return nil, errors.New("--client-cert and --client-key go together")
	case gateway.Scheme != "https":
		return nil, fmt.Errorf("--client-cert is shown over TLS, and the gateway is at %s: give its agent listener a certificate and --agent-client-ca", gateway)
	}
	load := func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, fmt.Errorf("--client-cert and --client-key: %w", err)
		}
		return &pair, nil
	}
	_, err := load()
	return load, err
}

// start runs the program to its end.
func (c *runCommand) start(s *surroundings, d *door.Door) error {
	command := exec.Command(c.Command[0], c.Command[1:]...)
	command.Stdin, command.Stdout, command.Stderr = s.stdin, s.stdout, s.stderr
	command.Env = append(os.Environ(), c.environment(d)...)
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, forwarded...)
	defer signal.Stop(signals)
	if err := command.Start(); err != nil {
		return fmt.Errorf("the program does not start: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	terminal := isTerminal(s.stdin)
	for {
		select {
		case got := <-signals:
			if !terminal || !fromKeyboard(got) { // a terminal gives those to the program too
				_ = command.Process.Signal(got)
			}
		case err := <-ended:
			return status(command, err)
		}
	}
}

// status is how the program ended; nil for 0.
func status(command *exec.Cmd, err error) error {
	if command.ProcessState == nil {
		return err
	}
	wait, ok := command.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ok && wait.Signaled():
		return &endedError{128 + int(wait.Signal())}
	case command.ProcessState.ExitCode() != 0:
		return &endedError{command.ProcessState.ExitCode()}
	}
	return nil
}

// environment is what programs read: our own names, zenpy's, and those of --set.
func (c *runCommand) environment(d *door.Door) []string {
	host := strings.TrimPrefix(d.URL(), "http://")
	out := []string{
		"SALLYPORT_URL=" + d.URL(), "SALLYPORT_TOKEN=" + d.Key(),
		"ZENPY_FORCE_SCHEME=http", "ZENPY_FORCE_NETLOC=" + host + "/zendesk",
	}
	for name, tool := range c.Set {
		out = append(out, name+"="+d.URL()+"/"+tool)
	}
	return out
}

// isTerminal says that a keyboard's signals reach the program by themselves.
func isTerminal(stdin any) bool {
	file, ok := stdin.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

func fromKeyboard(s os.Signal) bool {
	return s == syscall.SIGINT || s == syscall.SIGQUIT || s == syscall.SIGWINCH
}
