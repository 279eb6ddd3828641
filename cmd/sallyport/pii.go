package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mask/maskfile"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// maxScan bounds what is read of a file or of one line, in bytes.
const maxScan = 64 << 20

type piiCommand struct {
	Scan    piiScan    `cmd:"" help:"Say where personal data is, as JSON lines."`
	Mask    piiMask    `cmd:"" help:"Print what an agent would read."`
	Explain piiExplain `cmd:"" help:"Say what would be masked, and why."`
	Reveal  piiReveal  `cmd:"" help:"Ask the Desk what a surrogate stands for; recorded."`
}

// piiSource is what is looked at, and under whose rules.
type piiSource struct {
	File  string `arg:"" optional:"" default:"-" help:"A file; - for standard input."`
	Rules string `help:"A tenant's mask.yaml; without it everything is masked." type:"existingfile"`
	Tool  string `help:"The tool whose rules in it count."`
	Role  string `help:"The role whose rules in it count; without one those of all."`
}

// read is the whole source, never a part of it.
func (c *piiSource) read(s *surroundings) ([]byte, error) {
	from, err := c.open(s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = from.Close() }()
	data, err := io.ReadAll(io.LimitReader(from, maxScan+1))
	if err == nil && len(data) > maxScan {
		err = c.unreadable(mask.ErrTooLarge)
	}
	return data, err
}

func (c *piiSource) open(s *surroundings) (io.ReadCloser, error) {
	if c.File == "-" {
		return io.NopCloser(s.stdin), nil
	}
	return os.Open(c.File)
}

func (c *piiSource) unreadable(err error) error {
	return fmt.Errorf("%s cannot be read: %w%s", c.name(), err, adviceOn(err))
}

// adviceOn says what to do about a text that cannot be looked at.
func adviceOn(err error) string {
	switch {
	case errors.Is(err, mask.ErrTooLarge):
		return fmt.Sprintf("; cut it into parts of at most %d MiB, or have `pii scan --format jsonl` read a document a line", maxScan>>20)
	case errors.Is(err, mask.ErrUTF8):
		return "; save it as UTF-8, without zero bytes"
	case errors.Is(err, mask.ErrDepth):
		return "; the gateway withholds such an answer"
	}
	return ""
}

// policy takes bodies of any size: here nobody waits in Envoy.
func (c *piiSource) policy() (mask.Policy, error) {
	p := mask.Default()
	if c.Rules != "" {
		data, err := os.ReadFile(c.Rules)
		if err != nil {
			return p, err
		}
		rules, problems := maskfile.Parse(c.Rules, data)
		if len(problems) > 0 {
			return p, problems
		}
		if err := c.known(rules); err != nil {
			return p, err
		}
		p = rules.As(c.Role).For(c.Tool)
	} else if c.Tool != "" || c.Role != "" {
		return p, errors.New("--tool and --role need the mask.yaml that has their rules: name it with --rules")
	}
	p.MaxBody, p.Media = maxScan, []string{"text/*"}
	return p, nil
}

// known refuses a role without rules, which would be taken for one that has some,
// and a tool that neither mask.yaml nor the tools.yaml beside it names:
// the rules for all tools would be taken for its own.
func (c *piiSource) known(rules maskfile.Rules) error {
	if c.Role != "" && !slices.Contains(rules.Roles(), c.Role) {
		return fmt.Errorf("--role must be one that has rules in %s (got %q)", c.Rules, c.Role)
	}
	names := rules.Tools()
	var doc struct {
		Tools []struct {
			Name string `yaml:"name"`
		} `yaml:"tools"`
	}
	if data, err := os.ReadFile(filepath.Join(filepath.Dir(c.Rules), "tools.yaml")); err == nil && yaml.Unmarshal(data, &doc) == nil {
		for _, tool := range doc.Tools {
			names = append(names, tool.Name)
		}
	}
	if c.Tool == "" || slices.Contains(names, c.Tool) {
		return nil
	}
	slices.Sort(names)
	return fmt.Errorf("--tool must be a tool of the tenant, one of %s (got %q)", strings.Join(slices.Compact(names), ", "), c.Tool)
}

// found are the findings in one text.
func found(text []byte, p mask.Policy) ([]mask.Finding, error) {
	return mask.Scan(text, "text/plain", p, surrogate.Mark{})
}

// all is the whole source with its findings.
func (c *piiSource) all(s *surroundings) ([]byte, []mask.Finding, error) {
	p, err := c.policy()
	if err != nil {
		return nil, nil, err
	}
	data, err := c.read(s)
	if err != nil {
		return nil, nil, err
	}
	findings, err := found(data, p)
	if err != nil {
		return nil, nil, c.unreadable(err)
	}
	return data, findings, nil
}

func (c *piiSource) name() string {
	if c.File == "-" {
		return "standard input"
	}
	return c.File
}

// reason is why a finding is one.
func reason(f mask.Finding) string {
	switch {
	case f.ByKey:
		return "key"
	case f.Again:
		return "again"
	}
	return "shape"
}

type piiMask struct{ piiSource }

// Run prints the text with everything masked, and nothing else.
func (c *piiMask) Run(s *surroundings) error {
	data, findings, err := c.all(s)
	if err != nil {
		return err
	}
	var out strings.Builder
	done := 0
	for _, f := range findings {
		out.Write(data[done:f.Start])
		out.WriteString(f.StandIn)
		done = f.End
	}
	out.Write(data[done:])
	_, err = io.WriteString(s.stdout, out.String())
	return err
}

type piiExplain struct {
	piiSource
	jsonFlag
}

// piiReason is one row of explain.
type piiReason struct {
	Line    int    `json:"line"`
	Type    string `json:"type"`
	Reason  string `json:"reason"`
	Value   string `json:"value"`
	StandIn string `json:"becomes"`
}

// Run prints a row a finding. The values themselves are shown: whoever asks has
// the file.
func (c *piiExplain) Run(s *surroundings) error {
	data, findings, err := c.all(s)
	if err != nil {
		return err
	}
	reasons := make([]piiReason, 0, len(findings))
	rows := [][]string{{"LINE", "TYPE", "BY", "VALUE", "BECOMES"}}
	line, counted := 1, 0
	for _, f := range findings {
		line += bytes.Count(data[counted:f.Start], []byte{'\n'})
		counted = f.Start
		r := piiReason{line, f.Type.String(), reason(f), string(data[f.Start:f.End]), f.StandIn}
		reasons = append(reasons, r)
		rows = append(rows, []string{strconv.Itoa(r.Line), r.Type, r.Reason, r.Value, r.StandIn})
	}
	if c.JSON {
		return printJSON(s.stdout, reasons)
	}
	if len(reasons) == 0 {
		_, err := fmt.Fprintln(s.stdout, "Nothing would be masked.")
		return err
	}
	return printTable(s.stdout, rows)
}
