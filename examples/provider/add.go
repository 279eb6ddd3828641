package provider

import "fmt"

// AddCharge adds a paid charge of an account's customer, made now. amount is in
// minor units of currency (lower case). Ids are distinct over all accounts.
func (p *Provider) AddCharge(account, id, customer string, amount int64, currency string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.state[account]
	if !ok {
		return fmt.Errorf("provider: there is no account %q", account)
	}
	if _, ok := s.customers[customer]; !ok {
		return fmt.Errorf("provider: account %s has no customer %q", account, customer)
	}
	for name, other := range p.state {
		if other.findCharge(id) != nil {
			return fmt.Errorf("provider: account %s has a charge %q already", name, id)
		}
	}
	s.addCharge(seedCharge{id: id, customer: customer, amount: amount, currency: currency}, p.clock.Now())
	return nil
}

// AddComment has an account's customer write on his own ticket.
func (p *Provider) AddComment(account string, ticket int64, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.state[account]
	if !ok || s.tickets[ticket] == nil {
		return fmt.Errorf("provider: there is no account %q with a ticket %d", account, ticket)
	}
	s.addComment(s.tickets[ticket], s.tickets[ticket].RequesterID, text, true, p.clock.Now())
	return nil
}
