package people

import (
	"slices"

	"github.com/sallyport/sallyport/internal/money"
)

// Person is somebody who may enter the Desk.
type Person struct {
	ID     string   `yaml:"id"`
	Name   string   `yaml:"name"`
	Groups []string `yaml:"groups"`
	// Local marks the person for whom the command line on the gateway's own
	// machine speaks.
	Local bool `yaml:"local"`
	// Subject and Email are how the tenant's identity provider names the person:
	// its sub, or an address that it has verified.
	Subject string `yaml:"subject"`
	Email   string `yaml:"email"`
	// Language is the one that the person reads; "" is as their browser or their
	// tenant says.
	Language Language `yaml:"language"`
	// Owns are the agents that the person answers for, and so never approves.
	Owns []string `yaml:"owns"`
	// ApprovesUpTo is the largest amount that the person approves, "500 USD"; ""
	// is any.
	ApprovesUpTo string `yaml:"approves_up_to"`
	// Limit is ApprovesUpTo; nil for none.
	Limit *money.Amount `yaml:"-"`
}

// Answers says whether the person answers for an agent.
func (p Person) Answers(agent string) bool { return slices.Contains(p.Owns, agent) }

// In says whether the person belongs to a group.
func (p Person) In(group string) bool { return slices.Contains(p.Groups, group) }

// People are a tenant's people. They are immutable; what their methods return
// must not be changed either.
type People struct {
	all   []Person
	login Login
}

// All are all people, in file order.
func (p *People) All() []Person { return slices.Clone(p.all) }

// Find returns a person by id.
func (p *People) Find(id string) (Person, bool) {
	return p.first(func(person Person) bool { return person.ID == id })
}

// Local is the person for whom the command line speaks.
func (p *People) Local() (Person, bool) {
	return p.first(func(person Person) bool { return person.Local })
}

func (p *People) first(is func(Person) bool) (Person, bool) {
	if i := slices.IndexFunc(p.all, is); i >= 0 {
		return p.all[i], true
	}
	return Person{}, false
}

// Members are the people of a group, in file order.
func (p *People) Members(group string) []Person {
	var out []Person
	for _, person := range p.all {
		if person.In(group) {
			out = append(out, person)
		}
	}
	return out
}

// Groups are the names of all groups that have a member or can get one, sorted.
func (p *People) Groups() []string {
	var out []string
	for _, person := range p.all {
		out = append(out, person.Groups...)
	}
	if p.login.OIDC != nil {
		for _, group := range p.login.OIDC.Groups.Names {
			out = append(out, group) // its members are known when they log in
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
