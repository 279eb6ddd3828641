package action

import (
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

// FactError is why an answer is not the fact it was asked for. It holds no
// value of the answer.
type FactError struct {
	Fact   string
	Field  string // "" for the whole answer
	Status int    // of the answer: 404 is a thing that is absent, 5xx a tool that does not work
	Failed bool   // an MCP server answered with an error: what the call names may be absent
	What   string
}

// Error names the fact, the field and what is wrong.
func (e *FactError) Error() string {
	name := "facts." + e.Fact
	if e.Field != "" {
		name += "." + e.Field
	}
	return fmt.Sprintf("%s: the answer (status %d) %s", name, e.Status, e.What)
}

// fact finds a declared fact.
func (a *Action) fact(name string) (*Fact, error) {
	for i := range a.Facts {
		if a.Facts[i].Name == name {
			return &a.Facts[i], nil
		}
	}
	return nil, fmt.Errorf("%s has no fact %.64q", a.Name, name)
}

// FactCall is the read that fetches a fact, for Build; name is "" when the call
// does not need it, and its record is empty. The error says which argument or
// earlier fact is missing.
func (c *Catalog) FactCall(a *Action, fact string, args Args, facts Facts) (name string, readArgs Args, err error) {
	f, err := a.fact(fact)
	if err != nil {
		return "", nil, err
	}
	if !f.Needed(args) {
		return "", nil, nil
	}
	out := make(Args, len(f.Args))
	for name, text := range f.Args {
		r, _ := parseRef(text)
		v, ok := a.op.find(r, args, facts)
		if !ok {
			return "", nil, fmt.Errorf("fetch facts.%s: %s is not known", fact, text)
		}
		if v.Kind == Money {
			v.Text = ""
		}
		out[name] = v
	}
	return f.Action, out, nil
}

// ReadFact reads a fact's declared fields from the answer to its read. Every
// field must be there in its kind; one that is optional and null or missing is
// absent from the record. The error is a *FactError.
func (a *Action) ReadFact(fact string, status int, mediaType string, body []byte) (Record, error) {
	f, err := a.fact(fact)
	if err != nil {
		return nil, &FactError{Fact: fact, Status: status, What: "was not asked for"}
	}
	if status != 200 {
		return nil, &FactError{Fact: fact, Status: status, What: "is not 200"}
	}
	answer, what := parseAnswer(mediaType, body)
	failed := false
	if a.op.mcp != nil && what == "" {
		answer, failed, what = structured(&answer)
	}
	if what != "" {
		return nil, &FactError{Fact: fact, Status: status, Failed: failed, What: what}
	}
	record := make(Record, len(f.Fields))
	for i := range f.Fields {
		field := &f.Fields[i]
		n := answer.at(field.From)
		if (n == nil || n.kind == nullNode) && field.Optional {
			continue
		}
		v, what := a.readField(field, n)
		if what != "" {
			return nil, &FactError{Fact: fact, Field: field.Name, Status: status, What: what}
		}
		record[field.Name] = v
	}
	for i := range f.Fields {
		field := &f.Fields[i]
		v, ok := record[field.Name]
		if !ok || v.Kind != Money {
			continue
		}
		code := record[field.Currency].Text
		if field.as.Major {
			decimals, _ := money.Exponent(code)
			if v, ok = field.as.settled(v, decimals); !ok {
				return nil, &FactError{Fact: fact, Field: field.Name, Status: status, What: "has something there that is no amount in " + code}
			}
		}
		v.Text = code
		record[field.Name] = v
	}
	return record, nil
}

// readField reads one field; what is wrong with it, or "".
func (a *Action) readField(field *Field, n *node) (Value, string) {
	if n == nil {
		return Value{}, "lacks it"
	}
	v, ok := field.as.fromNode(n)
	if !ok {
		return Value{}, "has " + n.kind.String() + " there that is not as declared"
	}
	if !field.Code {
		return v, ""
	}
	v.Text = strings.ToUpper(v.Text)
	if _, known := money.Exponent(v.Text); !known {
		return Value{}, "has a currency there that ISO 4217 does not list"
	}
	if a.op.shared.refused[v.Text] {
		return Value{}, "has a currency there that the catalog refuses"
	}
	return v, ""
}
