package extauthz_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/jonboulle/clockwork"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/sallyport/sallyport/extauthz"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

const (
	node = "envoy-1"
	form = "application/x-www-form-urlencoded"
	// The tools' secrets: they may stand in an answer that lets a request pass,
	// and nowhere else.
	acmeStripe   = "sk_live_acme_canary"
	acmeZendesk  = "agent@acme.example:zd_canary"
	globexStripe = "sk_live_globex_canary"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// recorder keeps a copy of what the spool took.
type recorder struct {
	*audit.Spool
	mu   sync.Mutex
	rows []audit.Decision
}

func (r *recorder) Record(record audit.Record) error {
	err := r.Spool.Record(record)
	if err == nil && record.Decision != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.rows = append(r.rows, *record.Decision)
	}
	return err
}

// taken returns the copies and forgets them.
func (r *recorder) taken() []audit.Decision {
	r.mu.Lock()
	defer r.mu.Unlock()
	rows := r.rows
	r.rows = nil
	return rows
}

// rig is the daemon as it runs beside an Envoy, with the example tenants.
type rig struct {
	testing.TB
	clock    *clockwork.FakeClock
	tenants  *tenant.Set
	ring     *keyring.Ring
	secrets  *secret.Cache
	recorder *recorder
	log      *bytes.Buffer // read it after the service has ended
	logger   *slog.Logger
	agent    authv3.AuthorizationClient
	execute  authv3.AuthorizationClient
	canaries []string // what no record and no log line may have
	requests int
	revoked  token.RevocationFile
	servers  observed.File // what MCP servers offer
}

// newRig starts the service over a spool; change may be nil.
func newRig(tb testing.TB, change func(*audit.SpoolOptions)) *rig {
	tb.Helper()
	dir := tb.TempDir()
	r := &rig{TB: tb, clock: clockwork.NewFakeClockAt(start), tenants: tenant.NewSet(), secrets: secret.NewCache(), log: &bytes.Buffer{}}
	r.canaries = []string{acmeStripe, acmeZendesk, globexStripe}
	r.logger = slog.New(slog.NewTextHandler(r.log, nil))
	r.secrets.Swap(exampleSecrets())
	r.tenants.Update([]*tenant.Tenant{load(tb, "acme", "acme"), load(tb, "globex", "globex")}, nil)
	var err error
	if r.ring, err = keyring.Open(filepath.Join(dir, "keys")); err != nil {
		tb.Fatal(err)
	}
	o := audit.SpoolOptions{Dir: filepath.Join(dir, "spool"), Instance: "test", MaxBytes: 1 << 30, Clock: r.clock, Logger: r.logger}
	if change != nil {
		change(&o)
	}
	spool, err := audit.OpenSpool(o)
	if err != nil {
		tb.Fatal(err)
	}
	r.recorder = &recorder{Spool: spool}
	r.servers = observed.NewFile(filepath.Join(dir, "servers"))
	r.revoked = token.NewRevocationFile(filepath.Join(dir, "revocations"))
	r.revoke(token.Revocation{Tenant: "off", Tool: "stripe"})
	stop := r.serve(extauthz.ServiceOptions{
		Tenants: r.tenants, Ring: r.ring, Secrets: r.secrets, Spool: r.recorder, Node: node, Domain: "sallyport.localhost", LimitsFile: filepath.Join(dir, "limits"), RevocationsFile: filepath.Join(dir, "revocations"), ServersFile: filepath.Join(dir, "servers"),
		AgentSocket: filepath.Join(dir, "a"), ExecuteSocket: filepath.Join(dir, "e"), AccessLogFile: filepath.Join(dir, "access.log"),
		Clock: r.clock, Logger: r.logger,
	})
	tb.Cleanup(func() {
		stop()
		if err := spool.Close(); err != nil {
			tb.Error(err)
		}
		r.searchCanaries(o.Dir)
	})
	return r
}

// revoke adds an entry, which the service reads at its next look.
func (r *rig) revoke(entry token.Revocation) {
	r.Helper()
	entry.At = start
	if err := r.revoked.Add(entry); err != nil {
		r.Fatal(err)
	}
}

// serve starts a service and connects as Envoy does.
func (r *rig) serve(o extauthz.ServiceOptions) (stop func()) {
	r.Helper()
	service, err := extauthz.NewService(o)
	if err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	agent, execute := dial(r, o.AgentSocket), dial(r, o.ExecuteSocket)
	r.agent, r.execute = authv3.NewAuthorizationClient(agent), authv3.NewAuthorizationClient(execute)
	return func() {
		cancel()
		if err := <-ended; err != nil {
			r.Error(err)
		}
		_, _ = agent.Close(), execute.Close()
	}
}

func dial(tb testing.TB, socket string) *grpc.ClientConn {
	tb.Helper()
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		tb.Fatal(err)
	}
	return conn
}

// searchCanaries reads the spool's bytes and the log.
func (r *rig) searchCanaries(spool string) {
	places := map[string][]byte{"the log": r.log.Bytes()}
	err := filepath.WalkDir(spool, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		places[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		r.Error(err)
	}
	for _, canary := range r.canaries {
		for where, data := range places {
			if bytes.Contains(data, []byte(canary)) {
				r.Errorf("%s has a token, a secret or a statement: %s", where, canary)
			}
		}
	}
}

func exampleSecrets() map[secret.Name]secret.Value {
	return map[secret.Name]secret.Value{
		{Tenant: "acme", Name: "stripe_key"}:   secret.NewValue(acmeStripe),
		{Tenant: "acme", Name: "zendesk_key"}:  secret.NewValue(acmeZendesk),
		{Tenant: "globex", Name: "stripe_key"}: secret.NewValue(globexStripe),
	}
}

// load compiles an example under a name, with texts of its files replaced: file,
// old and new, in turn. Without an old text the new one is the whole file.
func load(tb testing.TB, example, name string, edits ...string) *tenant.Tenant {
	tb.Helper()
	b := bundle(tb, example, name)
	for ; len(edits) > 0; edits = edits[3:] {
		file, old, with := edits[0], edits[1], edits[2]
		if old == "" {
			b.Files[file] = []byte(with)
			continue
		}
		if !bytes.Contains(b.Files[file], []byte(old)) {
			tb.Fatalf("%s of %s has no %q", file, example, old)
		}
		b.Files[file] = bytes.Replace(b.Files[file], []byte(old), []byte(with), 1)
	}
	b.Version = tenant.Version(b.Files)
	return compile(tb, b)
}

func bundle(tb testing.TB, example, name string) tenant.Bundle {
	tb.Helper()
	root := os.DirFS(filepath.Join("..", "examples", "tenants", example))
	b := tenant.Bundle{Name: name, Files: map[string][]byte{}}
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		b.Files[path], err = fs.ReadFile(root, path)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func compile(tb testing.TB, b tenant.Bundle) *tenant.Tenant {
	tb.Helper()
	t, problems := tenant.Load(b)
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return t
}

// identity is of the examples' agent at a tenant.
func identity(tenantName string) token.Identity {
	return token.Identity{
		Tenant: tenantName, Agent: "billing-bot", TokenID: "tok_1",
		Session:  token.Session{ID: "ses_1", Ticket: "1001", Customer: "cus_ada"},
		IssuedAt: start, Expires: start.Add(15 * time.Minute),
	}
}

// token signs with the gateway's own key.
func (r *rig) token(id token.Identity) string {
	r.Helper()
	kid, key := r.ring.Signing(keyring.Token)
	signer, err := token.NewSigner(token.SignerOptions{KeyID: kid, Key: key})
	if err != nil {
		r.Fatal(err)
	}
	raw, err := signer.Sign(id)
	if err != nil {
		r.Fatal(err)
	}
	r.canaries = append(r.canaries, raw)
	return raw
}

func (r *rig) bearer(tenantName string) []string {
	return []string{"authorization", "Bearer " + r.token(identity(tenantName))}
}

// order seals with the gateway's own key.
func (r *rig) order(o grant.Order) string {
	r.Helper()
	raw, err := grant.NewSealer(r.ring).Order(o)
	if err != nil {
		r.Fatal(err)
	}
	r.canaries = append(r.canaries, raw)
	return raw
}

// request is a Check as Envoy sends it: raw headers, the body as bytes. Headers
// are names and values in turn.
func (r *rig) request(method, target, body string, headers ...string) *authv3.CheckRequest {
	r.requests++
	headers = append([]string{":method", method, ":path", target, "x-request-id", "req-" + strconv.Itoa(r.requests)}, headers...)
	if body != "" {
		headers = append(headers, "x-envoy-auth-partial-body", "false")
	}
	var raw []*corev3.HeaderValue
	for i := 0; i < len(headers); i += 2 {
		raw = append(raw, &corev3.HeaderValue{Key: headers[i], RawValue: []byte(headers[i+1])})
	}
	authority, _, _ := strings.Cut(strings.TrimPrefix(target, "/"), "/")
	return &authv3.CheckRequest{Attributes: &authv3.AttributeContext{Request: &authv3.AttributeContext_Request{
		Http: &authv3.AttributeContext_HttpRequest{
			Method: method, Host: authority, Path: target, RawBody: []byte(body), HeaderMap: &corev3.HeaderMap{Headers: raw},
		},
	}}}
}

// id is the decision of the request made last.
func (r *rig) id() string { return "dec-req-" + strconv.Itoa(r.requests) }
