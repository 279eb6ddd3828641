package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
)

// readSums adds up what is reserved or committed, and says when the oldest part
// that is committed was. One intent may be left out. What is still reserved counts
// whatever its age, because it may be done any moment; what was done, since the
// window's start. A sum is an amount of another currency as soon as one is counted
// under its key: two currencies do not add, and a policy that gets the other one
// cannot be evaluated, so it refuses.
func readSums(ctx context.Context, tx *sql.Tx, now time.Time, tenant, except string, queries []SumQuery) (sums policy.Sums, oldest map[string]time.Time, err error) {
	sums, oldest = policy.Sums{}, map[string]time.Time{}
	if len(queries) == 0 {
		return sums, oldest, nil
	}
	args := make([]any, 0, 4*len(queries)+2)
	for n, q := range queries {
		sums[q.Name] = money.Amount{Currency: q.Currency}
		var from time.Time
		if q.Since != nil {
			from = q.Since(now)
		}
		args = append(args, n, tenant, q.Key, micros(from))
	}
	rows, err := tx.QueryContext(ctx, sumsOf(len(queries)), append(args, except, tenant)...)
	if err != nil {
		return nil, nil, fmt.Errorf("sums: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var place int
		var part money.Amount
		var since time.Time
		if err := rows.Scan(&place, &part.Currency, &part.Minor, instant{&since}); err != nil {
			return nil, nil, fmt.Errorf("sums: %w", err)
		}
		q := queries[place]
		if part.Minor == 0 || sums[q.Name].Currency != q.Currency {
			continue
		}
		sums[q.Name] = part
		if delete(oldest, q.Name); !since.IsZero() {
			oldest[q.Name] = since
		}
	}
	return sums, oldest, rows.Err()
}

// sumsOf reads the totals of n keys without their parts. Of what is committed, those
// parts count whose time is in the window: all but what was there ahead of the first
// of them. One intent's own parts are taken out again.
func sumsOf(n int) string {
	asked := strings.TrimSuffix(strings.Repeat("(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT)), ", n), ", ")
	return `WITH asked (place, tenant, name, since) AS (VALUES ` + asked + `),
		other AS (SELECT COALESCE((SELECT seq FROM intents WHERE id = ? AND tenant = ?), 0) AS but)
	SELECT place, t.currency,
		reserved + COALESCE(committed - (SELECT ahead FROM reservations AS r
			WHERE r.tenant = t.tenant AND r.name = t.name AND r.currency = t.currency AND state = 'committed' AND made_at >= since ORDER BY made_at, ahead LIMIT 1), 0)
		- COALESCE((SELECT SUM(minor) FROM reservations AS r
			WHERE intent = other.but AND r.tenant = t.tenant AND r.name = t.name AND r.currency = t.currency AND (state = 'reserved' OR state = 'committed' AND made_at >= since)), 0),
		COALESCE((SELECT made_at FROM reservations AS r
			WHERE r.tenant = t.tenant AND r.name = t.name AND r.currency = t.currency AND state = 'committed' AND made_at >= since AND intent <> other.but ORDER BY made_at, ahead LIMIT 1), 0)
	FROM asked JOIN totals AS t ON t.tenant = asked.tenant AND t.name = asked.name CROSS JOIN other ORDER BY place, t.currency`
}
