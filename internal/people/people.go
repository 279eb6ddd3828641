package people

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/sallyport/sallyport/internal/config"
)

// Person is somebody who may enter the Desk.
type Person struct {
	ID     string   `yaml:"id"`
	Name   string   `yaml:"name"`
	Groups []string `yaml:"groups"`
	// Local marks the person for whom the command line on the gateway's own
	// machine speaks.
	Local bool `yaml:"local"`
}

// In says whether the person belongs to a group.
func (p Person) In(group string) bool { return slices.Contains(p.Groups, group) }

// People are a tenant's people. They are immutable.
type People struct{ all []Person }

var (
	idPattern    = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)
	groupPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)
)

// Parse reads people.yaml; an empty file is nobody.
func Parse(file string, data []byte) (*People, config.Problems) {
	var doc struct {
		People []Person `yaml:"people"`
	}
	problems := config.Decode(file, data, &doc)
	ids, local := map[string]bool{}, ""
	for i, p := range doc.People {
		at := fmt.Sprintf("%s: people[%d]", file, i)
		if !idPattern.MatchString(p.ID) {
			problems.Add(at+".id", "must be a-z, 0-9, '.', '_', '@' and '-', at most 64", p.ID)
		}
		if ids[p.ID] {
			problems.Add(at+".id", "is used by another person", p.ID)
		}
		ids[p.ID] = true
		if p.Name == "" || len(p.Name) > 200 {
			problems.Add(at+".name", "must be a name of at most 200 bytes", nil)
		}
		for j, g := range p.Groups {
			if !groupPattern.MatchString(g) {
				problems.Add(fmt.Sprintf("%s.groups[%d]", at, j), "must be a-z, 0-9, '_' and '-', beginning with a letter", g)
			}
		}
		if p.Local && local != "" {
			problems.Add(at+".local", "is "+local+" already; the command line speaks for one person", p.ID)
		}
		if p.Local {
			local = p.ID
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return &People{all: doc.People}, nil
}

// Find returns a person by id.
func (p *People) Find(id string) (Person, bool) {
	for _, person := range p.all {
		if person.ID == id {
			return person, true
		}
	}
	return Person{}, false
}

// Members are the people of a group.
func (p *People) Members(group string) []Person {
	var out []Person
	for _, person := range p.all {
		if person.In(group) {
			out = append(out, person)
		}
	}
	return out
}

// Groups are the names of all groups that have a member, sorted.
func (p *People) Groups() []string {
	var out []string
	for _, person := range p.all {
		out = append(out, person.Groups...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Local is the person for whom the command line speaks.
func (p *People) Local() (Person, bool) {
	for _, person := range p.all {
		if person.Local {
			return person, true
		}
	}
	return Person{}, false
}
