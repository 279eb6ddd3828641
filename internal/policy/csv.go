package policy

import (
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
)

// grant is one g line: an agent, or a role, has a role.
type grant struct {
	line         int
	member, role string
}

var namePattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

// readPolicy reads policy.csv as Casbin's own adapters do, line by line: what
// one of them would read differently, or leave out, is a mistake here.
// What a p line holds, the model says.
func readPolicy(data []byte, rule func(problems *config.Problems, line int, fields []string) Rule) (rules []Rule, grants []grant, problems config.Problems) {
	for i, text := range strings.Split(string(data), "\n") {
		line, text := i+1, strings.TrimSpace(text)
		if text == "" || text[0] == '#' {
			continue
		}
		at := place(line)
		fields, err := readLine(text)
		if err != nil {
			problems.Add(at, err.Error(), text)
			continue
		}
		switch {
		case fields[0] == "p":
			rules = append(rules, rule(&problems, line, fields[1:]))
		case fields[0] == "g" && len(fields) == 3 && namePattern.MatchString(fields[1]) && namePattern.MatchString(fields[2]):
			grants = append(grants, grant{line, fields[1], fields[2]})
		case fields[0] == "g":
			problems.Add(at, "must be g, agent or role, role", strings.Join(fields, ", "))
		default:
			problems.Add(at, "must begin with p or g", fields[0])
		}
	}
	return rules, grants, problems
}

// usualRule is a p line of the default model.
func usualRule(problems *config.Problems, line int, fields []string) Rule {
	if len(fields) != 5 {
		problems.Add(place(line), "must be p, role, action, condition, allow or deny, obligations; quote a field that contains a comma", strings.Join(append([]string{"p"}, fields...), ", "))
		return Rule{Line: line, Action: "*", Condition: "false"}
	}
	return readRule(problems, line, fields)
}

// readLine splits one line. Casbin keeps a space before a comma as a part of
// the name, so that such a rule would never match there.
func readLine(text string) ([]string, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.TrimLeadingSpace = true
	fields, err := reader.Read()
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return nil, fmt.Errorf("column %d: %w; write texts in conditions with '…'", syntax.Column, syntax.Err)
	}
	if err != nil {
		return nil, err
	}
	for _, field := range fields {
		if field != strings.TrimSpace(field) {
			return nil, errors.New("has a space before a comma, which Casbin takes for a part of the name")
		}
	}
	return fields, nil
}

func readRule(problems *config.Problems, line int, f []string) Rule {
	at := place(line)
	r := Rule{Line: line, Role: f[0], Action: f[1], Condition: f[2]}
	if !namePattern.MatchString(r.Role) {
		problems.Add(at, "the role must be letters, digits, '.', '_' and '-'", r.Role)
	}
	r.Allow = f[3] == "allow"
	if f[3] != "allow" && f[3] != "deny" {
		problems.Add(at, "the effect must be allow or deny", f[3])
	}
	r.Obligations, r.Say = readObligations(problems, at, f[4])
	if f[3] == "deny" && r.Obligations != (Obligations{}) {
		problems.Add(at, "a deny has no obligations but say:'…'", f[4])
	}
	if r.Allow && r.Say != "" {
		problems.Add(at, "say is the words of a deny", f[4])
	}
	return r
}

func place(line int) string { return filePolicy + ":" + strconv.Itoa(line) }
