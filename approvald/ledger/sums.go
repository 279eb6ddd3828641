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
// any moment, and what was done since the window's start. It returns an amount of another currency as soon as one was reserved
// under the key: two currencies do not add, and a policy that gets the other
// one cannot be evaluated, so it refuses.
func readSum(ctx context.Context, tx *sql.Tx, tenant, except string, q SumQuery) (sum money.Amount, oldest time.Time, err error) {
	sum.Currency = q.Currency
	rows, err := tx.QueryContext(ctx, `SELECT currency, SUM(minor), COALESCE(MIN(CASE WHEN state = 'committed' THEN made_at END), 0) FROM reservations
		WHERE tenant = ? AND name = ? AND (state = 'reserved' OR state = 'committed' AND made_at >= ?)
		AND intent <> COALESCE((SELECT seq FROM intents WHERE id = ? AND tenant = ?), 0)
		GROUP BY currency ORDER BY currency`, tenant, q.Key, micros(q.Since), except, tenant)
	if err != nil {
		return sum, oldest, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var part money.Amount
		if err := rows.Scan(&part.Currency, &part.Minor, instant{&oldest}); err != nil {
			return sum, oldest, err
		}
		if sum = part; part.Currency != q.Currency {
			return sum, oldest, nil
		}
	}
	return sum, oldest, rows.Err()
}
