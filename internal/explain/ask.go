package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Ask is one question as people write it: in flags, in a line of JSON, in a
// case of policy_test.yaml. It names a call by a request (method, path, headers,
// body) or by an action and its arguments.
type Ask struct {
	Agent   string   `json:"agent" yaml:"agent"`
	Roles   []string `json:"roles" yaml:"roles"` // the token's ceiling; absent narrows nothing
	Session Session  `json:"session" yaml:"session"`

	Method  string           `json:"method" yaml:"method"`
	Path    string           `json:"path" yaml:"path"` // with the tool and the query
	Headers map[string]Texts `json:"headers" yaml:"headers"`
	Body    Value            `json:"body" yaml:"body"` // a text is sent as it is, all else as JSON

	Action string           `json:"action" yaml:"action"`
	Args   map[string]Value `json:"args" yaml:"args"`

	Facts map[string]map[string]Value `json:"facts" yaml:"facts"`
	Sums  map[string]string           `json:"sums" yaml:"sums"`
	Now   time.Time                   `json:"now" yaml:"now"`
}

// Session is what the token is bound to.
type Session struct {
	ID       string `json:"id" yaml:"id"`
	Ticket   string `json:"ticket" yaml:"ticket"`
	Customer string `json:"customer" yaml:"customer"`
}

// Texts are the values of a header: one text, or a list of them.
type Texts []string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = Texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (t *Texts) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*t = Texts{node.Value}
		return nil
	}
	return node.Decode((*[]string)(t))
}

// ReadLine reads one line of JSON. Its errors say what to write.
func ReadLine(line []byte) (Ask, error) {
	var a Ask
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&a)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field == "":
		return a, fmt.Errorf("a question is one JSON object a line, this is a %s", wrong.Value)
	case errors.As(err, &wrong):
		return a, fmt.Errorf("%s must not be a %s", wrong.Field, wrong.Value)
	case err != nil && strings.HasPrefix(err.Error(), "json: unknown field"):
		return a, fmt.Errorf("%s is none of agent, roles, session, method, path, headers, body, action, args, facts, sums, now", strings.TrimPrefix(err.Error(), "json: unknown field "))
	case err != nil:
		return a, fmt.Errorf("a question is one JSON object a line: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return a, errors.New("a question is one JSON object a line, and more stands behind it")
	}
	return a, nil
}

// Or fills what a question leaves out with another's: the agent, its token, the
// facts, the sums and the time. Facts are filled field by field.
func (a Ask) Or(b Ask) Ask {
	if a.Agent == "" {
		a.Agent = b.Agent
	}
	if a.Roles == nil {
		a.Roles = b.Roles
	}
	if a.Session == (Session{}) {
		a.Session = b.Session
	}
	if a.Now.IsZero() {
		a.Now = b.Now
	}
	facts := map[string]map[string]Value{}
	for _, from := range []Ask{b, a} {
		for name, fields := range from.Facts {
			if facts[name] == nil {
				facts[name] = map[string]Value{}
			}
			maps.Copy(facts[name], fields)
		}
	}
	sums := maps.Clone(b.Sums)
	if sums == nil {
		sums = map[string]string{}
	}
	maps.Copy(sums, a.Sums)
	a.Facts, a.Sums = facts, sums
	return a
}

// agentPattern is what agents and roles are called in tokens.
var agentPattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

func (a Ask) identity(t *tenant.Tenant) (token.Identity, error) {
	id := token.Identity{Tenant: t.Name, Agent: a.Agent, Roles: a.Roles, Session: token.Session(a.Session)}
	switch {
	case a.Agent == "":
		return id, errors.New("agent is missing: who asks?")
	case !agentPattern.MatchString(a.Agent):
		return id, fmt.Errorf("agent must be letters, digits, '.', '_' and '-' (got %q)", a.Agent)
	}
	if id.Session.ID == "" {
		id.Session.ID = token.SessionID(id)
	}
	return id, nil
}

// request is the agent's request, or the one that the action's arguments make.
func (a Ask) request(t *tenant.Tenant) (action.Request, error) {
	switch {
	case a.Action != "" && (a.Path != "" || a.Method != "" || !a.Body.IsZero() || len(a.Headers) > 0):
		return action.Request{}, errors.New("action and a request (method, path, headers, body) are both given: give one")
	case a.Action != "":
		return a.built(t)
	case len(a.Args) > 0:
		return action.Request{}, errors.New("args are given without their action")
	case a.Path == "" || a.Path[0] != '/':
		return action.Request{}, fmt.Errorf("path must begin with the tool, like /stripe/v1/charges (got %q); or give action and args", a.Path)
	case a.Method == "":
		return action.Request{}, errors.New("method is missing, like GET or POST")
	}
	out := action.Request{Method: a.Method}
	out.Path, out.RawQuery, _ = strings.Cut(a.Path, "?")
	for _, name := range slices.Sorted(maps.Keys(a.Headers)) {
		for _, value := range a.Headers[name] {
			out.Header = append(out.Header, action.Header{Name: strings.ToLower(name), Value: value})
		}
	}
	a.body(&out)
	return out, nil
}

// body sends a text as it is; anything else is JSON, and says so.
func (a Ask) body(out *action.Request) {
	var text string
	switch {
	case a.Body.IsZero():
	case json.Unmarshal(a.Body.raw, &text) == nil:
		out.Body = []byte(text)
	default:
		out.Body = a.Body.raw
		if !slices.ContainsFunc(out.Header, func(h action.Header) bool { return h.Name == "content-type" }) {
			out.Header = append(out.Header, action.Header{Name: "content-type", Value: "application/json"})
		}
	}
}

// built is the request of an action with arguments, as the catalog writes it.
func (a Ask) built(t *tenant.Tenant) (action.Request, error) {
	for _, tool := range t.Tools {
		act, ok := tool.Catalog.Action(a.Action)
		if !ok {
			continue
		}
		args := action.Args{}
		for _, name := range slices.Sorted(maps.Keys(a.Args)) {
			value := a.Args[name]
			param, ok := act.Param(name)
			if !ok {
				return action.Request{}, fmt.Errorf("%s has no argument %q; it has %s", act.Name, name, paramNames(act))
			}
			if param.Major {
				continue
			}
			typed, err := value.as(param)
			if err != nil {
				return action.Request{}, fmt.Errorf("args.%s %w", name, err)
			}
			args[name] = typed
		}
		if err := a.amount(act, args); err != nil {
			return action.Request{}, err
		}
		request, err := tool.Catalog.Build(act.Name, args)
		if err != nil {
			return action.Request{}, fmt.Errorf("%w; %s takes args (--arg NAME=VALUE) %s", err, act.Name, paramNames(act))
		}
		request.Path = "/" + tool.Name + request.Path
		return request, nil
	}
	return action.Request{}, a.noAction(t)
}

// amount reads the amount of a tool that has them in major units, once it is known in
// which currency.
func (a Ask) amount(act *action.Action, args action.Args) error {
	param, _ := act.Param(act.MoneyArg)
	value, given := a.Args[param.Name]
	if !param.Major || !given {
		return nil
	}
	text, _ := value.text()
	typed, hint, ok := act.Written(text, args)
	if !ok {
		return fmt.Errorf("args.%s must be %s", param.Name, hint)
	}
	args[param.Name] = typed
	return nil
}

// noAction names the actions of the catalog that is meant; when there is none of
// its name, the catalogs.
func (a Ask) noAction(t *tenant.Tenant) error {
	meant, _, _ := strings.Cut(a.Action, ".")
	var actions, catalogs []string
	for _, tool := range t.Tools {
		catalogs = append(catalogs, tool.Catalog.Name()+".…")
		for _, act := range tool.Catalog.Actions() {
			if tool.Catalog.Name() == meant {
				actions = append(actions, act.Name)
			}
		}
	}
	if len(actions) == 0 {
		actions = catalogs
	}
	return fmt.Errorf("%s has no action %q; it has %s", t.Name, a.Action, strings.Join(actions, ", "))
}

func paramNames(act *action.Action) string {
	var names []string
	for _, p := range act.Params {
		names = append(names, p.Name)
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, ", ")
}
