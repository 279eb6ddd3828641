package ledger_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
	"github.com/sallyport/sallyport/internal/token"
)

// secrets are what a sealed intent holds: in its arguments, facts and outcome.
var secrets = []string{"in-arguments-4711", "in-facts-4711", "in-outcome-4711"}

// vault is one database as a thief or an older program would see it.
type vault struct {
	*testing.T
	db   *sqldb.DB
	keys ledger.Sealer
}

func TestSQLiteSeals(t *testing.T) {
	sealing(t, func(t *testing.T) *sqldb.DB { return openSQLite(t, filepath.Join(t.TempDir(), "ledger.db")) })
}

func TestPostgresSeals(t *testing.T) {
	server := postgres.Start(t, postgres.Fast)
	sealing(t, func(t *testing.T) *sqldb.DB {
		schema := strings.ToLower(strings.NewReplacer("/", "_").Replace(t.Name()))
		db, err := sqldb.OpenPostgres(context.Background(), sqldb.PostgresOptions{URL: sqldb.URL(server.URL("postgres")), Schema: schema, WithoutStandby: true})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}

func sealing(t *testing.T, open func(*testing.T) *sqldb.DB) {
	t.Helper()
	for name, run := range map[string]func(*vault){
		"one of many": oneOfMany, "erased": erasedRow, "stored": sealedRow, "moved": movedRow, "changed": changedRow, "old": oldRow, "keys": otherKeys,
	} {
		t.Run(name, func(t *testing.T) {
			v := &vault{T: t, db: open(t), keys: sealer(t)}
			t.Cleanup(func() { _ = v.db.Close() })
			run(v)
		})
	}
}

func openSQLite(t *testing.T, path string) *sqldb.DB {
	t.Helper()
	db, err := sqldb.OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// store connects as a program that was just started.
func (v *vault) store() *ledger.SQL {
	v.Helper()
	return store(v.T, v.db, v.keys, clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
}

// effect leaves a done effect of a tenant in the ledger.
func effect(t *testing.T, s *ledger.SQL, tenant string) ledger.Intent {
	t.Helper()
	o, err := s.Open(context.Background(), ledger.OpenRequest{
		Tenant: tenant, Identity: token.Identity{Tenant: tenant, Agent: "a"}, BusinessKey: "k", Owner: "o",
		Call:  action.Call{Tool: "stripe", Action: "stripe.refund.create", Args: action.Args{"note": {Kind: action.String, Text: secrets[0]}}},
		Facts: action.Facts{"charge": {"note": {Kind: action.String, Text: secrets[1]}}},
		Lease: time.Minute, SendWithin: time.Second, ExpireAfter: time.Hour, Rule: func(ledger.Situation) ledger.Ruling { return ledger.Ruling{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Advance(context.Background(), ledger.Step{
		Tenant: tenant, ID: o.Intent.ID, Version: o.Intent.Version, To: ledger.Succeeded, Actor: "gateway",
		Outcome: &ledger.Outcome{Status: 200, Body: []byte(secrets[2])},
	})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// exec changes the database behind the ledger's back.
func (v *vault) exec(query string, args ...any) {
	v.Helper()
	err := v.db.Write(context.Background(), func(ctx context.Context, w sqldb.Turn) error {
		_, err := w.Tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		v.Fatal(query, err)
	}
}

// bodies are the three columns as they are stored, one behind the other.
func (v *vault) bodies(id string) []byte {
	v.Helper()
	var args, facts, outcome, said []byte
	err := v.db.Read(context.Background(), func(tx *sql.Tx) error {
		return tx.QueryRowContext(context.Background(), "SELECT args, facts, outcome_body, said FROM intents WHERE id = ?", id).Scan(&args, &facts, &outcome, &said)
	})
	if err != nil {
		v.Fatal(err)
	}
	return bytes.Join([][]byte{args, facts, outcome, said}, nil)
}

func (v *vault) hides(what string, stored []byte) {
	v.Helper()
	for _, secret := range secrets {
		if bytes.Contains(stored, []byte(secret)) {
			v.Errorf("%s hold %s in clear", what, secret)
		}
	}
}

// reads checks that a program which was just started reads an intent whole.
func (v *vault) reads(want ledger.Intent) {
	v.Helper()
	got, err := v.store().Get(context.Background(), want.Tenant, want.ID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		v.Errorf("%v, (-want +got)\n%s", err, diff)
	}
}

// refuses checks that nobody gets an intent, whole or in part.
func (v *vault) refuses(i ledger.Intent) {
	v.Helper()
	got, err := v.store().Get(context.Background(), i.Tenant, i.ID)
	if !errors.Is(err, bodykey.ErrOpen) || !strings.Contains(err.Error(), i.ID) || got.ID != "" {
		v.Errorf("read %+v, error %v", got, err)
	}
	if !errors.Is(err, ledger.ErrUnreadable) {
		v.Errorf("the error is %v", err)
	}
	list, err := v.store().List(context.Background(), ledger.Filter{Tenant: i.Tenant})
	if err != nil || len(list) == 0 {
		v.Fatalf("listed %d, error %v", len(list), err)
	}
	for _, l := range list {
		if l.ID == i.ID && (l.Bodies != ledger.Unreadable || l.State != i.State || l.Call.Action != i.Call.Action || l.Call.Args != nil || l.Facts != nil || l.Outcome != nil) {
			v.Errorf("listed as %+v", l)
		}
	}
}

func sealedRow(v *vault) {
	i := effect(v.T, v.store(), "acme")
	v.hides("the columns", v.bodies(i.ID))
	v.reads(i)
}

func movedRow(v *vault) {
	mine, theirs := effect(v.T, v.store(), "acme"), effect(v.T, v.store(), "globex")
	for _, column := range []string{"args", "facts", "outcome_body", "said"} {
		v.exec("UPDATE intents SET "+column+" = (SELECT i."+column+" FROM intents i WHERE i.id = ?) WHERE id = ?", mine.ID, theirs.ID)
		v.refuses(theirs)
		theirs = v.anew(theirs)
	}
	v.exec("UPDATE intents SET tenant = 'globex' WHERE id = ?", mine.ID)
	mine.Tenant = "globex"
	v.refuses(mine)
}

// anew leaves another effect of the tenant in the place of one that was spoilt.
func (v *vault) anew(spoilt ledger.Intent) ledger.Intent {
	v.Helper()
	for _, query := range []string{
		"DELETE FROM aliases WHERE intent = (SELECT seq FROM intents WHERE id = ?)", "DELETE FROM intents WHERE id = ?",
	} {
		v.exec(query, spoilt.ID)
	}
	return effect(v.T, v.store(), spoilt.Tenant)
}

func changedRow(v *vault) {
	i := effect(v.T, v.store(), "acme")
	for _, change := range []string{
		"facts = args", "outcome_body = args", "args = ?", "facts = ?", "outcome_body = ?",
	} {
		var args []any
		if strings.HasSuffix(change, "?") {
			args = append(args, []byte{})
		}
		v.exec("UPDATE intents SET "+change+" WHERE id = ?", append(args, i.ID)...)
		v.refuses(i)
		i = v.anew(i)
	}
	v.exec("UPDATE intents SET sealed = 0 WHERE id = ?", i.ID)
	if got, err := v.store().Get(context.Background(), "acme", i.ID); err == nil {
		v.Errorf("sealed bytes were read as clear ones: %+v", got)
	}
}

// A row from before bodies were sealed is read as it is, and sealed when it is
// next written.
func oldRow(v *vault) {
	i := effect(v.T, v.store(), "acme")
	v.exec("UPDATE intents SET state = 'unknown', args = ?, facts = ?, outcome_body = ? WHERE id = ?",
		action.MarshalArgs(i.Call.Args), action.MarshalFacts(i.Facts), i.Outcome.Body, i.ID)
	ledger.Older(v.T, v.db, 3)
	i.State = ledger.Unknown
	v.reads(i)
	if stored := v.bodies(i.ID); !bytes.Contains(stored, []byte(secrets[0])) {
		v.Fatalf("the row is not an old one: %q", stored)
	}
	done, err := v.store().Advance(context.Background(), ledger.Step{
		Tenant: "acme", ID: i.ID, Version: i.Version, To: ledger.Succeeded, Actor: "gateway", Outcome: i.Outcome,
	})
	if err != nil {
		v.Fatal(err)
	}
	v.hides("the columns", v.bodies(i.ID))
	v.reads(done)
}

func otherKeys(v *vault) {
	i := effect(v.T, v.store(), "acme")
	v.keys = sealer(v.T)
	v.refuses(i)
}

// TestSQLiteFileHidesBodies reads the bytes of the file and of its log.
func TestSQLiteFileHidesBodies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	v := &vault{T: t, db: openSQLite(t, path), keys: sealer(t)}
	i := effect(t, v.store(), "acme")
	files := func() []byte {
		var all []byte
		found, err := filepath.Glob(path + "*")
		for _, name := range found {
			data, failed := os.ReadFile(name)
			all, err = append(all, data...), errors.Join(err, failed)
		}
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	open := files()
	if err := v.db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, stored := range map[string][]byte{"the open file and its log": open, "the closed file": files()} {
		if !bytes.Contains(stored, []byte(i.ID)) {
			t.Errorf("%s: the intent is not there", name)
		}
		v.hides(name, stored)
	}
}
