package people

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/money"
)

// gateway is who acts in records when no person does; nobody may be called so.
const gateway = "gateway"

// maxName bounds a name, in bytes.
const maxName = 200

var (
	idPattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)
	emailPattern = regexp.MustCompile(`^[^\s@<>]{1,64}@[A-Za-z0-9.-]{1,190}$`)
	groupPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)
)

// Parse reads people.yaml; an empty file is nobody. Only when there are no
// problems are there People.
func Parse(file string, data []byte) (*People, config.Problems) {
	var doc struct {
		People []Person `yaml:"people"`
		Login  Login    `yaml:"login"`
	}
	problems := config.Decode(file, data, &doc)
	if len(problems) > 0 {
		return nil, problems
	}
	for i := range doc.People {
		p := &doc.People[i]
		at := fmt.Sprintf("%s: people[%d]", file, i)
		checkPerson(&problems, at, *p)
		checkOthers(&problems, at, *p, doc.People[:i])
		p.Limit = readLimit(&problems, at, p.ApprovesUpTo)
	}
	checkLogin(&problems, file, &doc.Login)
	if len(problems) > 0 {
		return nil, problems
	}
	return &People{all: doc.People, login: doc.Login}, nil
}

func checkPerson(problems *config.Problems, at string, p Person) {
	switch {
	case !idPattern.MatchString(p.ID):
		problems.Add(at+".id", "must be a-z, 0-9, '.', '_', '@' and '-', at most 64", p.ID)
	case p.ID == gateway:
		problems.Add(at+".id", "is what records call the gateway itself; choose another", p.ID)
	}
	// A name is shown in terminals, where control characters are commands.
	if strings.TrimSpace(p.Name) == "" || len(p.Name) > maxName || strings.ContainsFunc(p.Name, hidden) {
		problems.Add(at+".name", fmt.Sprintf("must be a printable name of at most %d bytes", maxName), nil)
	}
	if p.Email != "" && !emailPattern.MatchString(p.Email) {
		problems.Add(at+".email", "must be an address like ann@example.com", p.Email)
	}
	if len(p.Subject) > maxName || strings.ContainsFunc(p.Subject, hidden) {
		problems.Add(at+".subject", fmt.Sprintf("must be printable, at most %d bytes", maxName), nil)
	}
	CheckLanguage(problems, at+".language", p.Language)
	for j, g := range p.Groups {
		place := fmt.Sprintf("%s.groups[%d]", at, j)
		switch {
		case !groupPattern.MatchString(g):
			problems.Add(place, "must be a-z, 0-9, '_' and '-', beginning with a letter", g)
		case slices.Contains(p.Groups[:j], g):
			problems.Add(place, "is listed twice", g)
		}
	}
}

func readLimit(problems *config.Problems, at, text string) *money.Amount {
	if text == "" {
		return nil
	}
	limit, err := money.Parse(text)
	if err != nil {
		problems.Add(at+".approves_up_to", err.Error(), nil)
		return nil
	}
	return &limit
}

// hidden finds what a reader does not see: control characters, and those that
// turn or join the text around them.
func hidden(r rune) bool { return !unicode.IsGraphic(r) }

func checkOthers(problems *config.Problems, at string, p Person, before []Person) {
	for _, other := range before {
		if p.ID != "" && other.ID == p.ID {
			problems.Add(at+".id", "is used by another person", p.ID)
			break
		}
	}
	for _, same := range []struct {
		field, value string
		of           func(Person) string
	}{
		{"subject", p.Subject, func(o Person) string { return o.Subject }},
		{"email", strings.ToLower(p.Email), func(o Person) string { return strings.ToLower(o.Email) }},
	} {
		if same.value != "" && slices.ContainsFunc(before, func(o Person) bool { return same.of(o) == same.value }) {
			problems.Add(at+"."+same.field, "is another person's; a login must name one", same.value)
		}
	}
	if i := slices.IndexFunc(before, func(other Person) bool { return other.Local }); p.Local && i >= 0 {
		problems.Add(at+".local", "is "+before[i].ID+" already; the command line speaks for one person", p.ID)
	}
}
