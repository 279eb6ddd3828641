package policy

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
)

// grant is one g line: an agent, or a role, has a role.
type grant struct {
	line         int
	member, role string
}

var namePattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

// readPolicy reads policy.csv as Casbin's own adapter does, with line numbers.
func readPolicy(data []byte) (rules []Rule, grants []grant, problems config.Problems) {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comment, reader.FieldsPerRecord, reader.TrimLeadingSpace, reader.LazyQuotes = '#', -1, true, true
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rules, grants, problems
		}
		if err != nil {
			problems.Add(filePolicy, err.Error(), nil)
			return rules, grants, problems
		}
		line, _ := reader.FieldPos(0)
		at := place(line)
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		switch {
		case fields[0] == "p" && len(fields) == 6:
			rules = append(rules, readRule(&problems, line, fields[1:]))
		case fields[0] == "p":
			problems.Add(at, "must be p, role, action, condition, allow or deny, obligations; quote a field that contains a comma", strings.Join(fields, ", "))
		case fields[0] == "g" && len(fields) == 3 && namePattern.MatchString(fields[1]) && namePattern.MatchString(fields[2]):
			grants = append(grants, grant{line, fields[1], fields[2]})
		case fields[0] == "g":
			problems.Add(at, "must be g, agent or role, role", strings.Join(fields, ", "))
		default:
			problems.Add(at, "must begin with p or g", fields[0])
		}
	}
}

func readRule(problems *config.Problems, line int, f []string) Rule {
	at := place(line)
	r := Rule{Line: line, Role: f[0], Action: f[1], Condition: f[2]}
	if !namePattern.MatchString(r.Role) {
		problems.Add(at, "the role must be letters, digits, '.', '_' and '-'", r.Role)
	}
	switch f[3] {
	case "allow":
		r.Allow = true
	case "deny":
	default:
		problems.Add(at, "the effect must be allow or deny", f[3])
	}
	r.Obligations, r.Say = readObligations(problems, at, f[4])
	if !r.Allow && r.Obligations != (Obligations{}) {
		problems.Add(at, "a deny has no obligations but say:'…'", f[4])
	}
	return r
}

func place(line int) string { return fmt.Sprintf("%s:%d", filePolicy, line) }
