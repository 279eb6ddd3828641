package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
)

// readSums adds up what is reserved or committed, and says when the oldest part
// that is committed was. One intent may be left out.
func readSums(ctx context.Context, tx *sql.Tx, tenant, except string, queries []SumQuery) (policy.Sums, map[string]time.Time, error) {
	sums, oldest := policy.Sums{}, map[string]time.Time{}
	for _, q := range queries {
		sum, since, err := readSum(ctx, tx, tenant, except, q)
		if err != nil {
			return nil, nil, fmt.Errorf("sum %s: %w", q.Name, err)
		}
		sums[q.Name] = sum
		if !since.IsZero() {
			oldest[q.Name] = since
		}
	}
	return sums, oldest, nil
}

// readSum counts what is still reserved whatever its age, because it may be done
// any moment, and what was done since the window's start. It returns an amount of
// another currency as soon as one is counted under the key: two currencies do not
// add, and a policy that gets the other one cannot be evaluated, so it refuses.
func readSum(ctx context.Context, tx *sql.Tx, tenant, except string, q SumQuery) (sum money.Amount, oldest time.Time, err error) {
	sum.Currency = q.Currency
	rows, err := tx.QueryContext(ctx, sumOf, except, tenant, micros(q.Since), tenant, q.Key)
	if err != nil {
		return sum, oldest, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var part money.Amount
		var since time.Time
		if err := rows.Scan(&part.Currency, &part.Minor, instant{&since}); err != nil {
			return sum, oldest, err
		}
		if part.Minor == 0 {
			continue
		}
		if sum, oldest = part, since; part.Currency != q.Currency {
			return sum, oldest, nil
		}
	}
	return sum, oldest, rows.Err()
}

// sumOf reads a key's totals without its parts. Of what is committed, those parts
// count whose time is in the window: all but what was there ahead of the first of
// them. One intent's own parts are taken out again.
const sumOf = `WITH asked AS (SELECT COALESCE((SELECT seq FROM intents WHERE id = ? AND tenant = ?), 0) AS but, CAST(? AS BIGINT) AS since)
	SELECT currency,
		reserved + COALESCE(committed - (SELECT ahead FROM reservations AS r
			WHERE r.tenant = t.tenant AND r.name = t.name AND r.currency = t.currency AND state = 'committed' AND made_at >= since ORDER BY made_at, ahead LIMIT 1), 0)
		- COALESCE((SELECT SUM(minor) FROM reservations AS r
			WHERE intent = but AND r.tenant = t.tenant AND r.name = t.name AND r.currency = t.currency AND (state = 'reserved' OR state = 'committed' AND made_at >= since)), 0),
		COALESCE((SELECT made_at FROM reservations AS r
			WHERE r.tenant = t.tenant AND r.name = t.name AND r.currency = t.currency AND state = 'committed' AND made_at >= since AND intent <> but ORDER BY made_at, ahead LIMIT 1), 0)
	FROM totals AS t, asked WHERE tenant = ? AND name = ? ORDER BY currency`
