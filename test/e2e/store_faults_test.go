package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/testkit"
)

// storeFails: while the ledger's store takes nothing, effects are refused and a read
// goes on. Nothing is lost, and everything comes back by itself.
func storeFails(t *testing.T, r *rig.Rig, token, read string, fails, mends func()) {
	t.Helper()
	waits, fresh := r.Charge(t, "acme", "cus_ada", "usd"), r.Charge(t, "acme", "cus_ada", "usd")
	held := make(chan answer, 1)
	go func() { held <- refund(t, r, token, waits, "10000", "idempotency-key", waits) }()
	item := waiting(t, r, waits)
	small := func() answer { return refund(t, r, token, fresh, "1000", "idempotency-key", fresh) }
	fails()
	for range 3 {
		if got := small(); got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, `"code":"store_unavailable"`) {
			t.Errorf("an effect without a store: %d %s", got.status, got.body)
		}
	}
	if got := call(t, r, http.MethodGet, read, "", "authorization", "Bearer "+token); got.status != http.StatusOK {
		t.Errorf("a read: %d %s", got.status, got.body)
	}
	mends()
	testkit.Eventually(t, "the store takes effects again", func() bool { return small().status == http.StatusOK })
	r.Approve(t, item.ID)
	if got := <-held; got.status != http.StatusOK {
		t.Errorf("who waited meanwhile: %d %s", got.status, got.body)
	}
	once(t, r, waits, 10000)
	once(t, r, fresh, 1000)
}

// Reads of acme's billing-bot: of one a fact says whether it is allowed.
const (
	directRead = "/stripe/v1/charges?customer=cus_ada"
	factsRead  = "/stripe/v1/refunds?charge=ch_ada_1000"
)

// ordinary is the URL of a role as an operator makes it, on both servers.
func ordinary(t *testing.T, primary, standby *postgres.Server) string {
	t.Helper()
	primary.Exec(t, "CREATE ROLE gateway LOGIN PASSWORD 'of-a-test'; GRANT CREATE ON DATABASE postgres TO gateway; GRANT pg_read_all_stats TO gateway")
	return "postgres://gateway:of-a-test@" + primary.Address + "," + standby.Address + "/postgres?sslmode=disable"
}

// tells: admin names the store while it takes nothing, and is healthy, since reads go on.
func tells(t *testing.T, r *rig.Rig, away bool) {
	t.Helper()
	testkit.Eventually(t, "admin tells of the store", func() bool {
		status, health := admin(t, r, "/healthz")
		_, metrics := admin(t, r, "/metrics")
		gauge := map[bool]string{true: "sallyport_ledger_available 0\n", false: "sallyport_ledger_available 1\n"}[away]
		return status == http.StatusOK && strings.HasPrefix(health, "ok\n") && strings.Contains(health, "the ledger's store takes nothing") == away && strings.Contains(metrics, gauge)
	})
}

func admin(t *testing.T, r *rig.Rig, path string) (status int, body string) {
	t.Helper()
	response, err := http.Get("http://" + r.Addresses().Admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(data)
}

// fullDisk has the server answer each write of the ledger as one whose disk is full
// does: some at once, some when they are committed.
const fullDisk = `
CREATE FUNCTION sallyport_ledger.full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_now BEFORE INSERT OR UPDATE ON sallyport_ledger.%s FOR EACH ROW EXECUTE FUNCTION sallyport_ledger.full();
CREATE CONSTRAINT TRIGGER full_later AFTER INSERT OR UPDATE ON sallyport_ledger.%s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sallyport_ledger.full();`

// postgresFails: what an operator does to a server, or what happens to it. In the end
// the standby is the database, with one of its own.
func postgresFails(t *testing.T, r *rig.Rig, primary, standby *postgres.Server) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	t.Run("the database takes no writes", func(t *testing.T) {
		set := func(to string) func() {
			return func() {
				primary.Configure(t, "default_transaction_read_only = "+to)
				testkit.Eventually(t, "the server knows", func() bool { return primary.Exec(t, "SHOW default_transaction_read_only") == to })
			}
		}
		storeFails(t, r, token, factsRead, func() { set("on")(); tells(t, r, true) }, func() { set("off")(); tells(t, r, false) })
	})
	for name, tables := range map[string][2]string{"at once": {"intents", "schema_version"}, "at the commit": {"schema_version", "intents"}} {
		t.Run("the database's disk is full "+name, func(t *testing.T) {
			storeFails(t, r, token, factsRead, func() {
				primary.Exec(t, fmt.Sprintf(fullDisk, tables[0], tables[1]))
				tells(t, r, true)
			}, func() {
				primary.Exec(t, "DROP FUNCTION sallyport_ledger.full() CASCADE")
				tells(t, r, false)
			})
		})
	}
	t.Run("the database has no connection left", func(t *testing.T) {
		storeFails(t, r, token, factsRead, func() {
			primary.Exec(t, "ALTER ROLE gateway CONNECTION LIMIT 0")
			if err := primary.Drop(); err != nil {
				t.Fatal(err)
			}
		}, func() { primary.Exec(t, "ALTER ROLE gateway CONNECTION LIMIT -1") })
	})
	t.Run("the database gives statements no time", func(t *testing.T) {
		primary.Exec(t, "ALTER ROLE gateway SET statement_timeout = 1")
		if err := primary.Drop(); err != nil {
			t.Fatal(err)
		}
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		if got := refund(t, r, token, charge, "1000"); got.status != http.StatusOK {
			t.Errorf("a time that the server sets is not the gateway's: %d %s", got.status, got.body)
		}
	})
	t.Run("the database is lost, and the standby is promoted", func(sub *testing.T) {
		storeFails(sub, r, token, factsRead, func() { primary.Kill(); standby.Promote(sub) }, func() { standby.Standby(t) })
	})
}
