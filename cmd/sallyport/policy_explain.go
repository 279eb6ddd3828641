package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/explain"
)

// maxLine bounds one line of standard input: a body with room to spare.
const maxLine = 4 << 20

type policyExplain struct {
	jsonFlag
	recordsFlag
	Folder string `arg:"" help:"A tenant's folder, or one with a folder for each tenant." type:"path"`
	Tenant string `help:"Whose policy decides; not needed with one tenant's own folder."`

	Decision string `help:"Instead of a request: the id of a decision that was made, dec-…, looked up in the records."`

	Agent    string   `help:"Who asks."`
	Role     []string `help:"Roles the token is narrowed to; none: all of the agent's." sep:"none"`
	Session  string   `help:"The token's session."`
	Ticket   string   `help:"The ticket the token is bound to."`
	Customer string   `help:"The customer the token is bound to."`

	Method string   `help:"Of the request." short:"X"`
	Path   string   `help:"Of the request, with the tool and the query: /stripe/v1/charges?limit=3."`
	Header []string `help:"A header of the request, 'name: value'." short:"H" sep:"none"`
	Body   string   `help:"The request's body."`
	Action string   `help:"Instead of a request: an action of the catalog."`
	Arg    []string `help:"An argument of the action, name=value." sep:"none"`

	Fact []string `help:"What the gateway would find out, charge.customer=cus_ada." sep:"none"`
	Sum  []string `help:"What was moved before, charge_24h='40 USD'; else nothing." sep:"none"`
	Now  string   `help:"When it is asked, 2026-01-05T12:00:00Z; else now."`
}

// Run explains the request that flags give, or each one of standard input.
func (c *policyExplain) Run(s *surroundings) error {
	if c.Decision != "" {
		return c.recorded(s)
	}
	t, err := tenantIn(s.ctx, c.Folder, c.Tenant)
	if err != nil {
		return err
	}
	ask, err := c.question()
	if err != nil {
		return err
	}
	if c.Path == "" && c.Action == "" {
		if c.Method != "" || c.Body != "" || len(c.Header) > 0 || len(c.Arg) > 0 {
			return errors.New("the request is not whole: give --method and --path, or --action and --arg; without any of them JSON lines are read from standard input")
		}
		return explainLines(s, t, ask)
	}
	answer, err := explain.Decide(t.Tenant, ask, time.Now())
	if err != nil {
		return err
	}
	if err := answer.Trace(t.bundle); err != nil {
		return err
	}
	if c.JSON {
		return printLine(s, answer)
	}
	for _, line := range answer.Ladder() {
		if _, err := fmt.Fprintln(s.stdout, plain(line)); err != nil {
			return err
		}
	}
	return nil
}

// explainLines answers one line of JSON with one. What is no question is answered
// with what is wrong with it, and the others all the same: who reads answers by
// their number must not lose count.
func explainLines(s *surroundings, t compiled, flags explain.Ask) error {
	lines := bufio.NewScanner(s.stdin)
	lines.Buffer(nil, maxLine)
	n, asked, wrong := 0, 0, 0
	for lines.Scan() {
		n++
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		asked++
		var said any
		if answer, err := explainLine(lines.Bytes(), t, flags); err != nil {
			wrong++
			said = unasked{fmt.Sprintf("line %d: %v", n, err)}
		} else {
			said = answer
		}
		if err := printLine(s, said); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d of standard input cannot be read, a line is at most 4 MiB: %w", n+1, err)
	}
	switch {
	case asked == 0:
		return errors.New("standard input is empty: give JSON lines like {\"method\":\"GET\",\"path\":\"/stripe/v1/charges\",\"agent\":\"billing-bot\"}, or --method and --path")
	case wrong > 0:
		return fmt.Errorf("%d of %d lines are no questions and were not decided: the error in their place says why", wrong, asked)
	}
	return nil
}

// unasked stands where the answer of a question would: it has no effect.
type unasked struct {
	Error string `json:"error"`
}

func explainLine(line []byte, t compiled, flags explain.Ask) (explain.Answer, error) {
	ask, err := explain.ReadLine(line)
	if err != nil {
		return explain.Answer{}, err
	}
	return explain.Decide(t.Tenant, ask.Or(flags), time.Now())
}

func printLine(s *surroundings, v any) error {
	encoder := json.NewEncoder(s.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// question is what flags ask.
func (c *policyExplain) question() (explain.Ask, error) {
	a := explain.Ask{
		Agent: c.Agent, Roles: c.Role, Session: explain.Session{ID: c.Session, Ticket: c.Ticket, Customer: c.Customer},
		Method: c.Method, Path: c.Path, Action: c.Action,
		Headers: map[string]explain.Texts{}, Args: map[string]explain.Value{},
		Facts: map[string]map[string]explain.Value{}, Sums: map[string]string{},
	}
	if c.Body != "" {
		a.Body = explain.Text(c.Body)
	}
	if c.Now != "" {
		var err error
		if a.Now, err = time.Parse(time.RFC3339, c.Now); err != nil {
			return a, fmt.Errorf("--now must be like 2026-01-05T12:00:00Z (got %q)", c.Now)
		}
	}
	return a, c.pairs(&a)
}

// pairs reads the flags that name something and give its value.
func (c *policyExplain) pairs(a *explain.Ask) error {
	for _, text := range c.Header {
		name, value, ok := strings.Cut(text, ":")
		if !ok || name == "" {
			return fmt.Errorf("--header must be like 'content-type: application/json' (got %q)", text)
		}
		a.Headers[name] = append(a.Headers[name], strings.TrimSpace(value))
	}
	for _, text := range c.Arg {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return fmt.Errorf("--arg must be like amount=4000 (got %q)", text)
		}
		a.Args[name] = explain.Text(value)
	}
	for _, text := range c.Fact {
		path, value, ok := strings.Cut(text, "=")
		fact, field, dotted := strings.Cut(path, ".")
		if !ok || !dotted || fact == "" || field == "" {
			return fmt.Errorf("--fact must be like charge.customer=cus_ada (got %q)", text)
		}
		if a.Facts[fact] == nil {
			a.Facts[fact] = map[string]explain.Value{}
		}
		a.Facts[fact][field] = explain.Text(value)
	}
	for _, text := range c.Sum {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return fmt.Errorf("--sum must be like charge_24h='40 USD' (got %q)", text)
		}
		a.Sums[name] = value
	}
	return nil
}
