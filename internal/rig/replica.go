package rig

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/testkit"
)

// Replica is another whole gateway on a rig's data and database, in a process of
// its own and with an Envoy of its own. It goes by the machine's clock.
type Replica struct {
	*Process
	addresses up.Addresses
}

// Replica starts one beside the rig, whose Config names a database, and returns
// once an agent's call would be served. The program is sallyport of some version.
func (r *Rig) Replica(tb testing.TB, node, program string) *Replica {
	tb.Helper()
	at := up.Addresses{Agent: testkit.FreeAddress(tb), Desk: testkit.FreeAddress(tb), DeskPages: testkit.FreeAddress(tb)}
	replica := &Replica{addresses: at, Process: r.run(tb, program, "up", "--node", node, "--database", string(r.Config.Database), "--local", ShortDir(tb),
		"--cache", r.Config.Cache, "--mask-module", r.Config.MaskModule, "--clickhouse-url", r.engine(tb), "--agent-address", at.Agent, "--desk-address", at.Desk, "--desk-pages", at.DeskPages,
		"--admin-address", testkit.FreeAddress(tb), "--issuer-address", testkit.FreeAddress(tb))}
	testkit.Eventually(tb, node+" answers", func() bool {
		response, err := http.Get("http://" + at.Agent + "/")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusUnauthorized
	})
	return replica
}

// Addresses are where the replica listens.
func (r *Replica) Addresses() up.Addresses { return r.addresses }

// engine is the rig's analytics engine for who writes into it.
func (r *Rig) engine(tb testing.TB) string {
	tb.Helper()
	at, err := url.Parse(r.Addresses().ClickHouseURL)
	if err != nil {
		tb.Fatal(err)
	}
	password, err := os.ReadFile(filepath.Join(r.Data, "keys", "sallyport.password"))
	if err != nil {
		tb.Fatal(err)
	}
	at.User = url.UserPassword("sallyport", strings.TrimSpace(string(password)))
	return at.String()
}
