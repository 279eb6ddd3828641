package ledger

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// Effects of one tenant take turns; what waits together is committed together.
func BenchmarkOpenAdvancePostgres(b *testing.B) {
	server := postgres.Start(b)
	server.Standby(b)
	db, err := sqldb.OpenPostgres(b.Context(), sqldb.PostgresOptions{URL: sqldb.URL(server.URL("postgres")), Schema: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	s := ledgerOn(b, db, nil)
	for _, agents := range []int{1, 16} {
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			var group sync.WaitGroup
			for n := range agents {
				group.Go(func() {
					for range (b.N + n) / agents {
						o, err := s.Open(b.Context(), budgeted(time.Now()))
						if err == nil {
							_, err = s.Advance(b.Context(), succeeded(o.Intent))
						}
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
		})
	}
}
