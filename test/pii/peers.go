package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/sallyport/sallyport/test/pii/score"
)

//go:embed peers.py
var peersProgram string

// finder finds in one document.
type finder interface {
	name() string
	find(d document) ([]score.Span, error)
	close() error
}

// peer is another finder, in a process of its own.
type peer struct {
	title string
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
}

// start runs one of the finders that peers.py knows.
func start(ctx context.Context, python, which string) (*peer, error) {
	cmd := exec.CommandContext(ctx, python, "-c", peersProgram, which)
	var problem strings.Builder
	cmd.Stderr = &problem
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &peer{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 1<<20)}
	title, err := p.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s did not start: %w", which, lastLine(problem.String(), p.close()))
	}
	p.title = strings.TrimSpace(title)
	return p, nil
}

// lastLine is the last line of what a program said, the error when it said nothing.
func lastLine(said string, err error) error {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return fmt.Errorf("%s", last)
	}
	return err
}

func (p *peer) name() string { return p.title }

// find asks for one document.
func (p *peer) find(d document) ([]score.Span, error) {
	line, err := json.Marshal(map[string]string{"id": d.id, "text": d.body})
	if err != nil {
		return nil, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return nil, err
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var found struct {
		Spans [][3]any `json:"spans"`
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return nil, err
	}
	at := places(d.body)
	var out []score.Span
	for _, s := range found.Spans {
		typ, _ := s[0].(string)
		from, _ := s[1].(float64)
		to, _ := s[2].(float64)
		if int(to) >= len(at) || from >= to {
			return nil, fmt.Errorf("%s: a span of %s from %v to %v", p.title, typ, from, to)
		}
		out = append(out, score.Span{Type: typ, Start: at[int(from)], End: at[int(to)]})
	}
	return out, nil
}

func (p *peer) close() error {
	_ = p.in.Close()
	return p.cmd.Wait()
}

// peers are the other finders that can be asked; each that cannot is said so.
func peers(ctx context.Context, python string, say io.Writer) []finder {
	if _, err := os.Stat(python); err != nil {
		fmt.Fprintf(say, "No other finder was asked: %s is not there. Run \"make deps-pii\".\n", python)
		return nil
	}
	var out []finder
	for _, which := range []string{"presidio", "contextforge"} {
		p, err := start(ctx, python, which)
		if err != nil {
			fmt.Fprintf(say, "Not asked: %v\n", err)
			continue
		}
		out = append(out, p)
	}
	return out
}
