// Command scripted runs an agent with the scripted model instead of a real one,
// and shows what the model calls and reads.
//
//	scripted SCRIPT PROGRAM [ARGUMENT…]
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/sallyport/sallyport/examples/agents/scripted"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "scripted:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) < 2 {
		return errors.New("usage: scripted SCRIPT PROGRAM [ARGUMENT…]")
	}
	script, err := scripted.Load(args[0])
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: scripted.New(script, stdout).Handler(), ReadHeaderTimeout: 10 * time.Second}
	defer func() { _ = server.Close() }()
	go func() { _ = server.Serve(listener) }()
	command := exec.CommandContext(ctx, args[1], args[2:]...) //nolint:gosec // whoever starts this names the program
	command.Env = append(os.Environ(), "OPENAI_BASE_URL=http://"+listener.Addr().String()+"/v1", "OPENAI_API_KEY=scripted")
	command.Stdout, command.Stderr = stdout, stderr
	return command.Run()
}
