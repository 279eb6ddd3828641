package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/explain"
)

// decisionPattern is what the id of a decision looks like.
var decisionPattern = regexp.MustCompile(`^dec-[A-Za-z0-9_.-]{1,128}$`)

// recordedStep is one row of a decision, as people and programs read it.
type recordedStep struct {
	Time    string `json:"time"`
	Step    string `json:"step"`
	Tenant  string `json:"tenant,omitempty"`
	Agent   string `json:"agent,omitempty"`
	Session string `json:"session,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Action  string `json:"action,omitempty"`
	Digest  string `json:"digest,omitempty"`
	Effect  string `json:"effect"`
	Reason  string `json:"reason"`
	Rule    string `json:"rule,omitempty"`
	Bundle  string `json:"bundle,omitempty"`
	Intent  string `json:"intent,omitempty"`
}

// recordedDecision is a decision as it was made, and what can be said of it
// under the files of today.
type recordedDecision struct {
	Decision string          `json:"decision"`
	Recorded []recordedStep  `json:"recorded"`
	Live     string          `json:"live,omitempty"`     // version of the tenant's files now
	Same     bool            `json:"same"`               // they are those it was decided by
	Rule     string          `json:"rule,omitempty"`     // what decided, when they are
	Missing  []string        `json:"missing,omitempty"`  // what no record has, and a replay needs
	Replay   *explain.Answer `json:"replay,omitempty"`   // under the files of today
	Own      bool            `json:"own_args,omitempty"` // the replay's arguments are the call's own
}

// recorded explains a decision by its id.
func (c *policyExplain) recorded(s *surroundings) error {
	if !decisionPattern.MatchString(c.Decision) {
		return fmt.Errorf("--decision must be like dec-5a2f…, as answers carry it in x-sallyport-decision (got %q)", c.Decision)
	}
	if c.Path != "" || c.Method != "" || c.Body != "" || len(c.Header) > 0 || c.Action != "" {
		return errors.New("--decision says which call it was: give its arguments with --arg to replay it, and no request")
	}
	steps, err := c.steps(s)
	if err != nil {
		return err
	}
	out := recordedDecision{Decision: c.Decision, Recorded: steps}
	if tenant := steps[0].Tenant; tenant != "" {
		if err := c.replay(s, tenant, &out); err != nil {
			return err
		}
	}
	if c.JSON {
		return printLine(s, out)
	}
	for _, line := range out.lines() {
		if _, err := fmt.Fprintln(s.stdout, plain(line)); err != nil {
			return err
		}
	}
	return nil
}

// steps are the rows of the decision: those of the analytics engine, or what
// still waits in the spools.
func (c *policyExplain) steps(s *surroundings) ([]recordedStep, error) {
	result, unanswered := c.ask(s, "SELECT toString(time) AS at, step, tenant, agent, session, ticket, action, digest, effect, reason, rule, bundle, intent FROM audit.decisions WHERE decision_id = '"+c.Decision+"'")
	var steps []recordedStep
	for _, row := range objects(result) {
		steps = append(steps, recordedStep{
			Time: row["at"], Step: row["step"], Tenant: row["tenant"], Agent: row["agent"], Session: row["session"], Ticket: row["ticket"],
			Action: row["action"], Digest: row["digest"], Effect: row["effect"], Reason: row["reason"], Rule: row["rule"], Bundle: row["bundle"], Intent: row["intent"],
		})
	}
	waiting, err := c.waiting()
	if err != nil {
		return nil, err
	}
	for _, step := range waiting { // shipped between the two looks, perhaps
		if !slices.Contains(steps, step) {
			steps = append(steps, step)
		}
	}
	slices.SortFunc(steps, inTurn)
	switch {
	case len(steps) > 0:
		return steps, nil
	case unanswered != nil:
		return nil, fmt.Errorf("the spool has no %s, and the records cannot be asked: %w", c.Decision, unanswered)
	default:
		return nil, fmt.Errorf("no record has %s: rows arrive within a second or two, and the id is that of the answer's x-sallyport-decision", c.Decision)
	}
}

// inTurn orders the steps of one decision: by time, and those of one moment as they
// follow one another. Each service ships its own rows, in its own time.
func inTurn(a, b recordedStep) int {
	order := []string{"agent", "execute:fact", "facts", "live"} // and then what is sent
	turn := func(s recordedStep) int {
		if i := slices.Index(order, s.Step); i >= 0 {
			return i
		}
		return len(order)
	}
	return cmp.Or(strings.Compare(a.Time, b.Time), cmp.Compare(turn(a), turn(b)))
}

// waiting looks into the spools of all services.
func (c *policyExplain) waiting() ([]recordedStep, error) {
	folders, err := os.ReadDir(filepath.Join(c.Data, "spool"))
	if err != nil {
		return nil, nil //nolint:nilerr // no gateway has its data here
	}
	var out []recordedStep
	for _, folder := range folders {
		rows, err := audit.Waiting(filepath.Join(c.Data, "spool", folder.Name()), c.Decision)
		if err != nil {
			return nil, err
		}
		for _, d := range rows {
			out = append(out, recordedStep{
				d.Time.UTC().Format("2006-01-02 15:04:05.000000"), d.Step, d.Tenant, d.Agent, d.Session, d.Ticket,
				d.Action, d.Digest, d.Effect, d.Reason, d.Rule, d.Bundle, d.Intent,
			})
		}
	}
	return out, nil
}

// replay says what today's files make of it: the rule, when they are the same,
// and the whole ladder once somebody gives what no record has.
func (c *policyExplain) replay(s *surroundings, tenant string, out *recordedDecision) error {
	t, err := tenantIn(s.ctx, c.Folder, tenant)
	if err != nil {
		return err
	}
	first, last := out.Recorded[0], out.decisive()
	out.Live, out.Same = t.Version, t.Version == last.Bundle
	if rule, ok := t.Policy.Rule(last.Rule); ok && out.Same {
		out.Rule = rule.Condition
	}
	if first.Action == "" {
		return nil // it was no call
	}
	ask, err := c.asked(first)
	if err != nil {
		return err
	}
	if len(c.Arg) == 0 {
		out.Missing = []string{"args (--arg)", "customer (--customer)", "facts (--fact)", "sums (--sum)"}
		return nil
	}
	answer, err := explain.Decide(t.Tenant, ask, time.Now())
	if err != nil {
		return err
	}
	if err := answer.Trace(t.bundle); err != nil {
		return err
	}
	out.Replay, out.Own = &answer, slices.ContainsFunc(out.Recorded, func(r recordedStep) bool { return r.Digest != "" && answer.Is(r.Digest) })
	return nil
}

// asked is the question in flags, filled in from the record.
func (c *policyExplain) asked(first recordedStep) (explain.Ask, error) {
	ask, err := c.question()
	if err != nil {
		return ask, err
	}
	ask.Action = first.Action
	if ask.Agent == "" {
		ask.Agent = first.Agent
	}
	if ask.Session.ID == "" {
		ask.Session.ID = first.Session
	}
	if ask.Session.Ticket == "" {
		ask.Session.Ticket = first.Ticket
	}
	if at, err := time.Parse("2006-01-02 15:04:05.000000", first.Time); err == nil && ask.Now.IsZero() {
		ask.Now = at
	}
	return ask, nil
}
