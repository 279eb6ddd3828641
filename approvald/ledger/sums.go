package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
)

// readSums adds up what is reserved or committed. One intent may be left out.
func readSums(ctx context.Context, tx *sql.Tx, tenant, except string, queries []SumQuery) (policy.Sums, error) {
	sums := policy.Sums{}
	for _, q := range queries {
		sum, err := readSum(ctx, tx, tenant, except, q)
		if err != nil {
			return nil, fmt.Errorf("sum %s: %w", q.Name, err)
		}
		sums[q.Name] = sum
	}
	return sums, nil
}

// readSum counts what is still reserved whatever its age, because it may be done
// any moment, and what was done since the window's start. It returns an amount of another currency as soon as one was reserved
// under the key: two currencies do not add, and a policy that gets the other
// one cannot be evaluated, so it refuses.
func readSum(ctx context.Context, tx *sql.Tx, tenant, except string, q SumQuery) (sum money.Amount, err error) {
	sum.Currency = q.Currency
	rows, err := tx.QueryContext(ctx, `SELECT currency, SUM(minor) FROM reservations
		WHERE tenant = ? AND name = ? AND (state = 'reserved' OR state = 'committed' AND made_at >= ?)
		AND intent <> COALESCE((SELECT seq FROM intents WHERE id = ? AND tenant = ?), 0)
		GROUP BY currency ORDER BY currency`, tenant, q.Key, micros(q.Since), except, tenant)
	if err != nil {
		return sum, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var part money.Amount
		if err := rows.Scan(&part.Currency, &part.Minor); err != nil {
			return sum, err
		}
		if sum = part; part.Currency != q.Currency {
			return sum, nil
		}
	}
	return sum, rows.Err()
}
