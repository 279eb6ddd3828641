// Command provider runs the example upstream by itself. `sallyport up
// --examples` runs the same one inside the gateway's process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/examples/provider"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "provider:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("provider", flag.ContinueOnError)
	flags.SetOutput(stderr)
	address := flags.String("address", "127.0.0.1:10090", "where tools are served")
	control := flags.String("control", "127.0.0.1:10091", "where tests inject faults; shows the keys received")
	var accounts []provider.Account
	flags.Func("account", "name,stripe-key,zendesk-key (email/token:KEY)[,slack-key]; may be repeated", func(text string) error {
		fields := strings.Split(text, ",")
		if len(fields) == 3 {
			fields = append(fields, "")
		}
		if len(fields) != 4 {
			return errors.New("must be name,stripe-key,zendesk-key or name,stripe-key,zendesk-key,slack-key")
		}
		accounts = append(accounts, provider.Account{Name: fields[0], StripeKey: fields[1], ZendeskKey: fields[2], SlackKey: fields[3]})
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	p, err := provider.New(provider.Options{Accounts: accounts, Clock: clockwork.NewRealClock()})
	if err != nil {
		return fmt.Errorf("%w; give accounts with -account name,stripe-key,zendesk-key", err)
	}
	return serve(ctx, map[string]http.Handler{*address: p.Handler(), *control: p.Control()})
}

// serve runs all servers until ctx ends or one of them fails.
func serve(ctx context.Context, handlers map[string]http.Handler) error {
	failed := make(chan error, len(handlers))
	for address, handler := range handlers {
		server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		defer func() { _ = server.Close() }()
		go func() { failed <- server.ListenAndServe() }()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}
