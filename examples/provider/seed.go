package provider

import (
	"strings"
	"time"
)

// seed is the data set of an account, in the few words that make a difference.
type seed struct {
	customers []seedCustomer
	charges   []seedCharge // the newest first
	tickets   []seedTicket
	agent     User           // works on all tickets
	others    map[int64]User // but on these, by ticket
}

type seedCustomer struct {
	id, name, email, phone, notes string
	user                          int64 // at Zendesk
}

type seedCharge struct {
	id       string
	customer string
	amount   int64
	currency string
	about    string
}

type seedTicket struct {
	id        int64
	requester int64
	subject   string
	messages  []seedMessage
}

type seedMessage struct {
	fromAgent bool
	private   bool
	text      string
}

// seeds are the data sets by account name. Nobody writes to them.
var seeds = map[string]seed{"acme": acme, "globex": globex}

// newState makes an account's objects. Charges are a day apart, the newest a
// day before now, so that rules about age have something to see.
func newState(account string, now time.Time) *state {
	from := seeds[account]
	s := &state{
		account: account, customers: map[string]Customer{}, keys: map[string]*idempotent{}, tickets: map[int64]*Ticket{},
		comments: map[int64][]*Comment{}, users: map[int64]User{from.agent.ID: from.agent}, lastID: from.agent.ID * 10,
		deleted: map[string]bool{}, updates: map[string]int{},
	}
	for _, c := range from.customers {
		s.addCustomer(c, now.AddDate(-1, 0, 0))
	}
	for i := len(from.charges) - 1; i >= 0; i-- {
		s.addCharge(from.charges[i], now.AddDate(0, 0, -i-1))
	}
	s.addSubscriptions(now)
	for _, t := range from.tickets {
		assignee := from.agent
		if other, ok := from.others[t.id]; ok {
			assignee, s.users[other.ID] = other, other
		}
		s.addTicket(t, assignee.ID, now.Add(-time.Hour))
	}
	return s
}

func (s *state) addCustomer(c seedCustomer, made time.Time) {
	s.order = append(s.order, c.id)
	s.customers[c.id] = Customer{
		ID: c.id, Object: "customer", Created: made.Unix(), Currency: "usd", Description: c.notes,
		Email: c.email, Metadata: map[string]string{}, Name: c.name, Phone: c.phone,
	}
	s.users[c.user] = User{
		ID: c.user, URL: link("users", c.user), Name: c.name, Email: c.email, Phone: c.phone, Role: "end-user",
		Notes: c.notes, TimeZone: "UTC", Locale: "en-US", CreatedAt: zendeskTime(made), ExternalID: &c.id,
	}
}

func (s *state) addCharge(c seedCharge, made time.Time) {
	owner := s.customers[c.customer]
	s.charges = append(s.charges, &Charge{
		ID: c.id, Object: "charge", Amount: c.amount, AmountCaptured: c.amount, Captured: true,
		BillingDetails: BillingDetails{Email: owner.Email, Name: owner.Name, Phone: owner.Phone},
		Created:        made.Unix(), Currency: c.currency, Customer: c.customer, Description: c.about,
		Metadata: map[string]string{}, Paid: true, PaymentIntent: "pi_" + strings.TrimPrefix(c.id, "ch_"),
		PaymentMethodDetails: PaymentMethod{Card: Card{Brand: "visa", Country: "US", Last4: "4242"}, Type: "card"},
		ReceiptEmail:         owner.Email, Status: "succeeded",
	})
}

func (s *state) addTicket(t seedTicket, agent int64, made time.Time) {
	ticket := &Ticket{
		ID: t.id, URL: link("tickets", t.id), CreatedAt: zendeskTime(made), UpdatedAt: zendeskTime(made), Subject: t.subject,
		Description: t.messages[0].text, Status: "open", Priority: "normal", RequesterID: t.requester, AssigneeID: agent, Tags: []string{},
	}
	s.tickets[t.id] = ticket
	for i, m := range t.messages {
		author := t.requester
		if m.fromAgent {
			author = agent
		}
		s.addComment(ticket, author, m.text, !m.private, made.Add(time.Duration(i)*time.Minute))
	}
}

func pointer(text string) *string { return &text }
