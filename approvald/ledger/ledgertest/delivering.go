package ledgertest

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/policy"
)

// Channels is what Connect gives a store as ledger.Options.Channels: everything
// is told over "crm", and what people decide over "leads" too; who decides besides, over their own.
func Channels(_ audit.Approval, group string) []string {
	if group == "leads" {
		return []string{"crm", "leads"}
	}
	if group == "leads|managers" {
		return []string{"crm", "leads", "managers"}
	}
	if group == "managers" {
		return []string{"managers"}
	}
	if group == "mails" {
		return strings.Fields("mail/a mail/b mail/c mail/d mail/e mail/f mail/g mail/h")
	}
	if group == "pushes" {
		return strings.Fields("push/a push/b push/c push/d push/e push/f")
	}
	if group == "many" {
		return strings.Fields("a b c d e f g h i j k l")
	}
	return []string{"crm"}
}

func (f *fixture) deliveries(s ledger.Store) ledger.Deliveries {
	f.Helper()
	d, ok := s.(ledger.Deliveries)
	if !ok {
		f.Fatal("the store does not tell of intents")
	}
	return d
}

// told claims what is due, each as "channel event".
func (f *fixture) told(owner string, limit int) (names []string, claimed []ledger.Delivery) {
	f.Helper()
	claimed, err := f.deliveries(f.other).ClaimDeliveries(context.Background(), ledger.DeliveryClaim{Owner: owner, Limit: limit, Lease: lease})
	f.must(err)
	for _, d := range claimed {
		names = append(names, d.Channel+" "+string(d.Event))
	}
	return names, claimed
}

func (f *fixture) sent(owner string, d ledger.Delivery, reference string) {
	f.Helper()
	f.must(f.deliveries(f.store).Delivered(context.Background(), owner, d, reference))
}

func announces(f *fixture) {
	i := f.made(held(1))
	if names, _ := f.told("one", 10); names != nil {
		f.Errorf("told before it was recorded: %v", names)
	}
	full := errors.New("the disk is full")
	_, err := f.store.Outbox(context.Background(), 10, func([]audit.Approval) error { return full })
	if !errors.Is(err, full) {
		f.Errorf("error is %v", err)
	}
	if names, _ := f.told("one", 10); names != nil {
		f.Errorf("told before it was recorded: %v", names)
	}
	f.ship()
	f.ship()
	names, claimed := f.told("one", 10)
	same(f, names, []string{"crm waiting", "leads waiting"})
	same(f, claimed[0], ledger.Delivery{
		ID: claimed[0].ID, Tenant: "acme", Channel: "crm", Event: ledger.Waiting, Intent: i.ID, Version: 1, At: f.clock.Now(), State: ledger.Due, NextAt: f.clock.Now(),
	})
	for _, owner := range []string{"one", "two"} { // at the same moment
		if names, _ := f.told(owner, 10); names != nil {
			f.Errorf("leased twice: %v", names)
		}
	}
	f.sent("one", claimed[0], "")
	f.sent("two", claimed[1], "") // is not its owner
	f.clock.Advance(lease)
	names, _ = f.told("two", 10)
	same(f, names, []string{"leads waiting"})
}

func deliveryOrder(f *fixture) {
	i := f.vote(f.made(held(1)), "ana", true)
	f.advance(f.claim("one")[0], ledger.Succeeded)
	f.ship()
	want := []string{"waiting", "approved", "executing", "succeeded"}
	for n, event := range want {
		names, claimed := f.told("one", 10)
		same(f, names, []string{"crm " + event, "leads " + event})
		for _, d := range claimed {
			if d.Intent != i.ID {
				f.Errorf("is about %s", d.Intent)
			}
			known := ""
			if n > 0 && d.Channel == "leads" {
				known = "message 1"
			}
			same(f, d.Reference, known)
			if n == 0 {
				f.sent("one", d, map[string]string{"leads": "message 1"}[d.Channel])
			} else {
				f.sent("one", d, "")
			}
		}
	}
}

func deliveryFails(f *fixture) {
	ctx, d := context.Background(), f.deliveries(f.store)
	f.made()
	f.ship()
	_, claimed := f.told("one", 10)
	f.must(d.Undelivered(ctx, "one", claimed[0], "no answer", time.Minute))
	if names, _ := f.told("one", 10); names != nil {
		f.Errorf("is due at once: %v", names)
	}
	unheard, err := d.Unheard(ctx, "acme", 10)
	f.must(err)
	same(f, []any{len(unheard), unheard[0].State, unheard[0].Attempts, unheard[0].Error}, []any{1, ledger.Due, 1, "no answer"})
	theirs, err := d.Unheard(ctx, "globex", 10)
	same(f, []any{len(theirs), err}, []any{0, nil})
	f.clock.Advance(time.Minute)
	_, claimed = f.told("one", 10)
	f.must(d.Undelivered(ctx, "one", claimed[0], "gone", 0))
	f.clock.Advance(365 * 24 * time.Hour)
	if names, _ := f.told("one", 10); names != nil {
		f.Errorf("is due after it was given up: %v", names)
	}
	unheard, err = d.Unheard(ctx, "acme", 10)
	f.must(err)
	same(f, []any{len(unheard), unheard[0].State, unheard[0].Attempts, unheard[0].Error}, []any{1, ledger.Dead, 2, "gone"})
	for name, err := range map[string]error{"another tenant": d.Redeliver(ctx, "globex", unheard[0].ID), "another one": d.Redeliver(ctx, "acme", 99)} {
		if !errors.Is(err, ledger.ErrNotFound) {
			f.Errorf("%s: error is %v", name, err)
		}
	}
	f.must(d.Redeliver(ctx, "acme", unheard[0].ID))
	names, claimed := f.told("one", 10)
	same(f, names, []string{"crm executing"})
	f.sent("one", claimed[0], "")
	unheard, err = d.Unheard(ctx, "acme", 10)
	same(f, []any{len(unheard), err}, []any{0, nil})
}

func deliveryShare(f *fixture) {
	for n := range 9 {
		f.made(key(strconv.Itoa(n)))
	}
	f.made(key("held"), held(1))
	f.ship()
	names, _ := f.told("one", 100)
	crm, leads := 0, 0
	for _, name := range names {
		switch name {
		case "crm executing":
			crm++
		case "leads waiting":
			leads++
		}
	}
	if leads != 1 || crm == 0 || crm >= 9 {
		f.Errorf("claimed %v", names)
	}
	if names, _ = f.told("two", 100); names != nil {
		f.Errorf("more than a channel's share is on its way: %v", names)
	}
	f.clock.Advance(lease)
	names, _ = f.told("two", 1)
	same(f, len(names), 1)
}

// deliveryPeople: what is told to each of several people is of one channel.
func deliveryPeople(f *fixture) {
	f.made(held(1), rule(func(ledger.Situation) ledger.Ruling {
		return ledger.Ruling{Hold: &policy.Hold{Group: "mails", Votes: 1}}
	}))
	f.ship()
	first, claimed := f.told("one", 100)
	if second, _ := f.told("two", 100); len(first) == 0 || len(first) > 4 || second != nil {
		f.Errorf("claimed %v and %v", first, second)
	}
	for _, d := range claimed {
		f.sent("one", d, "")
	}
	if second, _ := f.told("two", 100); len(second) != len(first) {
		f.Errorf("then %v", second)
	}
}

// deliverySubscriptions: each is a channel of its own, that keeps no other waiting.
func deliverySubscriptions(f *fixture) {
	f.made(held(1), rule(func(ledger.Situation) ledger.Ruling {
		return ledger.Ruling{Hold: &policy.Hold{Group: "pushes", Votes: 1}}
	}))
	f.ship()
	if names, _ := f.told("one", 100); len(names) != 6 {
		f.Errorf("claimed %v", names)
	}
}

// deliveryTurns: a tenant of many channels, none of which answers, keeps no other
// tenant waiting.
func deliveryTurns(f *fixture) {
	for n := range 3 {
		f.made(key(strconv.Itoa(n)), held(1), rule(func(ledger.Situation) ledger.Ruling {
			return ledger.Ruling{Hold: &policy.Hold{Group: "many", Votes: 1}}
		}))
	}
	f.ship()
	f.clock.Advance(tick)
	f.made(func(q *ledger.OpenRequest) { q.Tenant, q.Identity.Tenant = "globex", "globex" })
	f.ship()
	count := func(owner string, limit int) (acme, globex int) {
		_, claimed := f.told(owner, limit)
		for _, d := range claimed {
			if d.Tenant == "acme" {
				acme++
			} else {
				globex++
			}
		}
		return acme, globex
	}
	if acme, globex := count("one", 2); acme != 1 || globex != 1 {
		f.Errorf("of two, %d are acme's and %d globex's", acme, globex)
	}
	if acme, globex := count("one", 100); acme == 0 || acme > 16 || globex != 0 {
		f.Errorf("%d of acme and %d of globex are claimed beside them", acme, globex)
	}
	if acme, globex := count("two", 100); acme != 0 || globex != 0 {
		f.Errorf("more than a tenant's share is on its way: %d, %d", acme, globex)
	}
	f.clock.Advance(lease)
	if acme, globex := count("two", 100); acme == 0 || globex != 1 {
		f.Errorf("what nobody ended is not due again: %d, %d", acme, globex)
	}
}
