package issuer_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/controlplane/issuer"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

const (
	agentURL = "http://127.0.0.1:10000"
	secret   = "spcs_correct"
)

// rig is the handler behind a real listener.
type rig struct {
	*testing.T
	url     string
	keys    string // folder
	clock   *clockwork.FakeClock
	ring    *keyring.Ring
	tenants *tenant.Set
	mu      sync.Mutex
	rows    []audit.Decision
	fail    error // of the recorder
}

// Record keeps a copy.
func (r *rig) Record(record audit.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = append(r.rows, *record.Decision)
	return r.fail
}

// last is the newest record.
func (r *rig) last() audit.Decision {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rows) == 0 {
		return audit.Decision{}
	}
	return r.rows[len(r.rows)-1]
}

// Resolve is Zendesk's part: tickets 1001 and 1002, and one that cannot be asked.
func (r *rig) Resolve(_ context.Context, t *tenant.Tenant, who token.Identity, decision string) (string, error) {
	if t.Name != "acme" || who.Tenant != "acme" || !strings.HasPrefix(decision, "dec-") {
		r.Errorf("it is asked for %s, %+v, %s", t.Name, who, decision)
	}
	switch who.Session.Ticket {
	case "1001":
		return "cus_ada", nil
	case "1002":
		return "cus_bob", nil
	case "9999":
		return "", errors.New("a cause with tool's details")
	case "7777":
		return "", nil
	default:
		return "", &issuer.Unresolved{What: "There is no such ticket."}
	}
}

func newRig(t *testing.T, clients string) *rig {
	t.Helper()
	r := &rig{T: t, clock: clockwork.NewFakeClockAt(time.Now()), tenants: tenant.NewSet()}
	dir := t.TempDir()
	var err error
	if r.ring, err = keyring.Open(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	r.keys = filepath.Join(dir, "keys")
	r.tenants.Update([]*tenant.Tenant{acme(t, clients)}, nil)
	server := httptest.NewUnstartedServer(nil)
	r.url = "http://" + server.Listener.Addr().String()
	h, err := issuer.New(issuer.Options{
		URL: r.url, AgentURL: agentURL, Tenants: r.tenants, Ring: r.ring, Resolver: r, Recorder: r, Clock: r.clock, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = h
	server.Start()
	t.Cleanup(server.Close)
	return r
}

// acme is the example tenant with other clients.
func acme(t *testing.T, clients string) *tenant.Tenant {
	t.Helper()
	root := os.DirFS(filepath.Join("..", "..", "examples", "tenants", "acme"))
	b := tenant.Bundle{Name: "acme", Files: map[string][]byte{}}
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			b.Files[path], err = fs.ReadFile(root, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Files["clients.yaml"] = []byte(strings.Replace(string(b.Files["clients.yaml"]), "clients: []", clients, 1))
	b.Version = tenant.Version(b.Files)
	loaded, problems := tenant.Load(b)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return loaded
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// backend is a client with both grants and a ceiling.
func backend() string {
	return fmt.Sprintf(`clients:
  - {id: backend, agent: billing-bot, grants: [client_credentials, token_exchange], roles: [billing, support], lifetime: 10m, secrets: ["%s", "%s"]}
  - {id: plain, agent: support-bot, grants: [client_credentials], secrets: ["%s"], confirm: {sources: [10.0.0.0/8]}}
`, hash("spcs_older"), hash(secret), hash(secret))
}

// reply is what the token endpoint said.
type reply struct {
	status       int
	header       http.Header
	Token        string `json:"access_token"`
	Type         string `json:"token_type"`
	Kind         string `json:"issued_token_type"`
	Expires      int64  `json:"expires_in"`
	Scope, Error string
	Description  string `json:"error_description"`
}

// ask posts a form. Headers are names and values in turn.
func (r *rig) ask(form url.Values, headers ...string) reply {
	r.Helper()
	return r.post("/token", form.Encode(), append([]string{"content-type", "application/x-www-form-urlencoded"}, headers...)...)
}

func (r *rig) post(path, body string, headers ...string) reply {
	r.Helper()
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.url+path, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		r.Fatal(err)
	}
	out := reply{status: response.StatusCode, header: response.Header}
	if err := json.Unmarshal(data, &out); err != nil {
		r.Fatalf("%v: %s", err, data)
	}
	return out
}

// form is names and values in turn.
func form(pairs ...string) url.Values {
	out := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		out.Add(pairs[i], pairs[i+1])
	}
	return out
}

// verified is who a token speaks for.
func (r *rig) verified(raw string) token.Identity {
	r.Helper()
	v, err := token.NewVerifier(token.VerifierOptions{Key: r.ring.TokenKey})
	if err != nil {
		r.Fatal(err)
	}
	id, code := v.Verify(raw, r.clock.Now())
	if code != "" {
		r.Fatalf("%s: %q", code, raw)
	}
	return id
}

// assert signs a client assertion. header adds to its header.
func assert(t *testing.T, algorithm jose.SignatureAlgorithm, key crypto.Signer, kid string, claims any, header map[jose.HeaderKey]any) string {
	t.Helper()
	options := &jose.SignerOptions{ExtraHeaders: header}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
