package envoy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// How long Envoy may take to stop by itself, and to wait before it is started
// again after a crash.
const (
	stopWithin  = 10 * time.Second
	restartWait = time.Second
)

// flushEvery is how late a line of the access log is at most, in milliseconds.
const flushEvery = "300"

// Options are what Start needs.
type Options struct {
	Path        string
	Bootstrap   []byte // JSON
	Dir         string // where the bootstrap is written
	AdminSocket string // as the bootstrap has it
	Concurrency int    // worker threads; 0 is one a core
	Output      io.Writer
}

// Process is an Envoy that is started again when it ends by itself.
type Process struct {
	options Options
	config  string
	admin   *http.Client

	mu      sync.Mutex
	command *exec.Cmd
	stop    chan struct{} // closed by Stop, under mu
	done    chan struct{} // closed when no Envoy will run any more
}

// Start writes the configuration and starts Envoy; Ready tells when it serves.
func Start(o Options) (*Process, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	p := &Process{options: o, config: filepath.Join(o.Dir, "bootstrap.json"), stop: make(chan struct{}), done: make(chan struct{}), admin: adminClient(o.AdminSocket)}
	if err := os.WriteFile(p.config, o.Bootstrap, 0o600); err != nil {
		return nil, err
	}
	ended, err := p.spawn()
	if err != nil {
		return nil, err
	}
	go p.keep(ended)
	return p, nil
}

// spawn starts one Envoy. It dies with this process, gets its own process
// group, so that Ctrl-C reaches only us, and refuses configuration it does not
// know.
func (p *Process) spawn() (<-chan error, error) {
	args := []string{
		"-c", p.config, "--disable-hot-restart", "--reject-unknown-dynamic-fields", "--log-level", "warning",
		"--log-format", "envoy %l %n %v", "--drain-time-s", "1", "--file-flush-interval-msec", flushEvery,
	}
	if p.options.Concurrency > 0 {
		args = append(args, "--concurrency", strconv.Itoa(p.options.Concurrency))
	}
	command := exec.Command(p.options.Path, args...)
	out := &output{to: p.options.Output}
	command.Stdout, command.Stderr = out, out
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped() {
		return nil, errStopped
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("envoy does not start: %w", err)
	}
	p.command = command
	ended := make(chan error, 1)
	go func() {
		err := command.Wait()
		out.flush()
		ended <- err
	}()
	return ended, nil
}

// keep starts Envoy again after a crash, until Stop.
func (p *Process) keep(ended <-chan error) {
	defer close(p.done)
	for {
		err := <-ended
		if p.stopped() {
			return
		}
		_, _ = fmt.Fprintf(p.options.Output, "envoy ended (%v); it is started again\n", err)
		if ended = p.respawn(); ended == nil {
			return
		}
	}
}

// respawn tries until Envoy starts; nil once it is stopped.
func (p *Process) respawn() <-chan error {
	for {
		select {
		case <-p.stop:
			return nil
		case <-time.After(restartWait):
		}
		ended, err := p.spawn()
		switch {
		case err == nil:
			return ended
		case errors.Is(err, errStopped):
			return nil
		}
		_, _ = fmt.Fprintln(p.options.Output, err)
	}
}

var errStopped = errors.New("envoy is stopped")

func (p *Process) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}

// Stop ends Envoy: politely first. It is called once.
func (p *Process) Stop() error {
	p.mu.Lock()
	close(p.stop)
	process := p.command.Process
	p.mu.Unlock()
	_ = process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
		return nil
	case <-time.After(stopWithin):
		_ = process.Kill()
		<-p.done
		return errors.New("envoy did not stop by itself and was killed")
	}
}

// Kill is a crash, for tests: Envoy is started again by itself.
func (p *Process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.command.Process.Kill()
}

// Ready waits until Envoy has its listeners and their routes.
func (p *Process) Ready(ctx context.Context) error {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		_, err := p.Admin(ctx, "/ready")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("envoy is not ready (%w); see its lines in the log", err)
		case <-p.done:
			return errors.New("envoy ended")
		case <-ticker.C:
		}
	}
}

// Admin reads one page of Envoy's admin interface.
func (p *Process) Admin(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://envoy"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := p.admin.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("envoy's admin answered %d: %s", response.StatusCode, body)
	}
	return body, nil
}

func adminClient(socket string) *http.Client {
	dialer := &net.Dialer{}
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, "unix", socket)
	}}}
}
