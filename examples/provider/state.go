package provider

import (
	"fmt"
	"time"
)

// state is all that one account has. The provider's lock guards it.
type state struct {
	account   string
	customers map[string]Customer
	charges   []*Charge // the oldest first
	refunds   []*Refund // the oldest first
	keys      map[string]*idempotent

	order         []string // of customers, the oldest first
	deleted       map[string]bool
	prices        map[string]Price
	subscriptions []*Subscription // the oldest first
	updates       map[string]int  // of customers and subscriptions, by id
	messages      []SlackMessage

	tickets  map[int64]*Ticket
	comments map[int64][]*Comment // by ticket, the oldest first
	users    map[int64]User
	lastID   int64
}

func (s *state) findCharge(id string) *Charge {
	for _, c := range s.charges {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (s *state) charge(id string) any {
	if c := s.findCharge(id); c != nil {
		return *c
	}
	return nil
}

func (s *state) refund(id string) any {
	for _, r := range s.refunds {
		if r.ID == id {
			return *r
		}
	}
	return nil
}

func (s *state) paymentIntent(id string) any {
	for _, c := range s.charges {
		if c.PaymentIntent == id {
			return PaymentIntent{
				ID: id, Object: "payment_intent", Amount: c.Amount, Created: c.Created, Currency: c.Currency,
				Customer: c.Customer, LatestCharge: c.ID, Status: "succeeded",
			}
		}
	}
	return nil
}

// addRefund is the effect that must happen once.
func (s *state) addRefund(c *Charge, amount int64, now time.Time) *Refund {
	r := &Refund{
		ID: fmt.Sprintf("re_%s_%04d", s.account, len(s.refunds)+1), Object: "refund", Amount: amount, Charge: c.ID,
		Created: now.Unix(), Currency: c.Currency, PaymentIntent: c.PaymentIntent, Status: "succeeded",
	}
	s.refunds = append(s.refunds, r)
	c.AmountRefunded += amount
	c.Refunded = c.AmountRefunded == c.Amount
	return r
}

func (s *state) addComment(t *Ticket, author int64, body string, public bool, now time.Time) {
	s.lastID++
	s.comments[t.ID] = append(s.comments[t.ID], &Comment{
		ID: s.lastID, Type: "Comment", AuthorID: author, Body: body, PlainBody: body, Public: public, CreatedAt: zendeskTime(now),
	})
}

func zendeskTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
