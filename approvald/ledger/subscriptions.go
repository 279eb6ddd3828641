package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/audit"
)

// SubscriptionPrefix begins the ids of subscriptions, which name the channels of
// their deliveries. No channel of a tenant is called so.
const SubscriptionPrefix = "push/"

// mostSubscriptions bounds what one person can have.
const mostSubscriptions = 20

// Subscription is one browser of a person that is to be told.
type Subscription struct {
	ID     string // SubscriptionPrefix and what is its alone
	Tenant string
	Person string
	Claims []string // what a provider calls the person's groups
	Push   []byte   // address and keys, as the notifier reads them; kept sealed
}

// Subscriptions is the part of a ledger that knows who is told where.
type Subscriptions interface {
	// Subscribe adds a browser, or takes the new keys of one that is known. Of
	// more than a person can have the oldest go.
	Subscribe(ctx context.Context, s Subscription) error
	// Unsubscribe forgets one, also when there is none.
	Unsubscribe(ctx context.Context, tenant, id string) error
	// Subscription finds one, else ErrNotFound.
	Subscription(ctx context.Context, tenant, id string) (Subscription, error)
	// Subscribed says whether there is any.
	Subscribed(ctx context.Context) (bool, error)
}

var _ Subscriptions = (*SQL)(nil)

// Subscribe implements Subscriptions.
func (s *SQL) Subscribe(ctx context.Context, v Subscription) error {
	claims, err := json.Marshal(v.Claims)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	push, err := s.sealer.Seal(v.Tenant, v.ID, "push", v.Push)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	err = s.write(ctx, outgoing, func(ctx context.Context, w *work) error {
		_, err := w.tx.ExecContext(ctx, `INSERT INTO subscriptions (id, tenant, person, claims, push, made_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET claims = excluded.claims, push = excluded.push, made_at = excluded.made_at`,
			v.ID, v.Tenant, v.Person, string(claims), push, micros(w.now))
		if err != nil {
			return err
		}
		_, err = w.tx.ExecContext(ctx, `DELETE FROM subscriptions WHERE tenant = ? AND person = ? AND id NOT IN (
			SELECT id FROM subscriptions WHERE tenant = ? AND person = ? ORDER BY made_at DESC, id LIMIT ?)`, v.Tenant, v.Person, v.Tenant, v.Person, mostSubscriptions)
		return err
	})
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}

// Unsubscribe implements Subscriptions.
func (s *SQL) Unsubscribe(ctx context.Context, tenant, id string) error {
	err := s.write(ctx, outgoing, func(ctx context.Context, w *work) error {
		_, err := w.tx.ExecContext(ctx, "DELETE FROM subscriptions WHERE tenant = ? AND id = ?", tenant, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return nil
}

// Subscription implements Subscriptions.
func (s *SQL) Subscription(ctx context.Context, tenant, id string) (Subscription, error) {
	v := Subscription{ID: id, Tenant: tenant}
	var claims string
	var push []byte
	err := s.db.Read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT person, claims, push FROM subscriptions WHERE tenant = ? AND id = ?", tenant, id).Scan(&v.Person, &claims, &push)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err == nil {
		v.Push, err = s.sealer.Open(tenant, id, "push", push)
	}
	if err == nil {
		err = json.Unmarshal([]byte(claims), &v.Claims)
	}
	if err != nil {
		return Subscription{}, fmt.Errorf("subscription %s: %w", id, err)
	}
	return v, nil
}

// Subscribed implements Subscriptions.
func (s *SQL) Subscribed(ctx context.Context) (some bool, err error) {
	err = s.db.Read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM subscriptions)").Scan(&some)
	})
	return some, err
}

// told are the names of all channels that are told of a row, those of people's
// browsers behind those of the tenant.
func (s *SQL) told(ctx context.Context, w *work, a *audit.Approval, group string) ([]string, error) {
	names := s.channels(*a, group)
	if s.people == nil {
		return names, nil
	}
	wanted := s.people(*a, group)
	if wanted == nil {
		return names, nil
	}
	browsers, err := w.browsers(ctx, a.Tenant, wanted)
	return append(names, browsers...), err
}

// browsers are the subscriptions of a tenant's people that are wanted.
func (w *work) browsers(ctx context.Context, tenant string, wanted func(person string, claims []string) bool) (names []string, err error) {
	rows, err := w.tx.QueryContext(ctx, "SELECT id, person, claims FROM subscriptions WHERE tenant = ? ORDER BY id", tenant)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, person, text string
		var claims []string
		if err := rows.Scan(&id, &person, &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &claims); err != nil {
			return nil, err
		}
		if wanted(person, claims) {
			names = append(names, id)
		}
	}
	return names, rows.Err()
}
