package extauthz_test

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/sallyport/sallyport/extauthz"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// A fault in a decision is no decision: the call fails, which Envoy takes for a
// refusal, and the next one is decided.
func TestPanicRefusesAndEndsNothing(t *testing.T) {
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{{Name: "broken", Tools: []*tenant.Tool{{Name: "stripe"}}}}, nil)
	ordered := fact("p1")
	ordered.order.Tenant = "broken"
	for name, try := range map[string]func() (*authv3.CheckResponse, error){
		"agent": func() (*authv3.CheckResponse, error) {
			return r.agent.Check(t.Context(), r.request("GET", charges, "", r.bearer("broken")...))
		},
		"execute": func() (*authv3.CheckResponse, error) {
			return r.execute.Check(t.Context(), ordered.request(r, ordered.seal(r)))
		},
	} {
		if out, err := try(); status.Code(err) != codes.Internal || out != nil {
			t.Errorf("%s: %v %v", name, out, err)
		}
	}
	if out := ask(t, r.agent, r.request("GET", charges, "", r.bearer("acme")...)); !allowed(out) {
		t.Errorf("the next call of an agent: %v", out)
	}
	if p := fact("p2"); !allowed(ask(t, r.execute, p.request(r, p.seal(r)))) {
		t.Error("the next order is refused")
	}
}

// Envoy would take an empty answer for an allow, so there is none, however
// little a Check says or however oddly.
func TestOddChecksAreRefused(t *testing.T) {
	r := newRig(t, nil)
	good := func() *authv3.CheckRequest { return r.request("GET", charges, "", r.bearer("acme")...) }
	http := func(in *authv3.CheckRequest) *authv3.AttributeContext_HttpRequest {
		return in.GetAttributes().GetRequest().GetHttp()
	}
	for _, tt := range []struct {
		name   string
		change func(*authv3.CheckRequest)
		want   reason.Code
	}{
		{"nothing", func(in *authv3.CheckRequest) { proto.Reset(in) }, reason.TokenMissing},
		{"no request", func(in *authv3.CheckRequest) { in.Attributes.Request = nil }, reason.TokenMissing},
		{"headers that were joined", func(in *authv3.CheckRequest) {
			http(in).Headers = map[string]string{}
			for _, h := range http(in).GetHeaderMap().GetHeaders() {
				http(in).Headers[h.GetKey()] = string(h.GetRawValue())
			}
			http(in).HeaderMap = nil
		}, reason.TokenMissing},
		{"a body as text", func(in *authv3.CheckRequest) { http(in).Body = "a=b" }, reason.Internal},
		{"no request id", func(in *authv3.CheckRequest) {
			headers := http(in).GetHeaderMap()
			headers.Headers = append(headers.GetHeaders()[:2:2], headers.GetHeaders()[3:]...)
		}, reason.Internal},
		{"part of a body", func(in *authv3.CheckRequest) {
			headers := http(in).GetHeaderMap()
			headers.Headers = append(headers.GetHeaders(), &corev3.HeaderValue{Key: "x-envoy-auth-partial-body", RawValue: []byte("true")})
		}, reason.BodyTooLarge},
		{"a path without its slash", func(in *authv3.CheckRequest) { http(in).Path = "stripe/v1/charges" }, reason.ToolUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := good()
			tt.change(in)
			out := ask(t, r.agent, in)
			if row := r.one(t); allowed(out) || row.Reason != string(tt.want) {
				t.Errorf("agent: %s, want %s: %v", row.Reason, tt.want, out)
			}
			if out := ask(t, r.execute, in); allowed(out) {
				t.Errorf("execute: %v", out)
			}
			r.one(t)
		})
	}
	if out := ask(t, r.agent, good()); !allowed(out) {
		t.Fatalf("the request that nothing was done to must pass, or the others prove nothing: %v", out)
	}
}

// The execute check reads no body as text either, and none without an id.
func TestOddOrderedChecksAreRefused(t *testing.T) {
	r := newRig(t, nil)
	p := fact("odd")
	in := p.request(r, p.seal(r))
	in.Attributes.Request.Http.Body = "a=b"
	if got := read(t, ask(t, r.execute, in)); got.code != string(reason.Internal) || got.headers[wire.HeaderNotSent] != got.code {
		t.Errorf("got %+v", got)
	}
	in.Attributes.Request.Http.Body = ""
	if out := ask(t, r.execute, in); !allowed(out) {
		t.Errorf("the order was used up by a request that was never looked at: %v", out)
	}
}

// What cannot be recorded is refused; a refusal stays what it is.
func TestFullSpoolRefuses(t *testing.T) {
	r := newRig(t, func(o *audit.SpoolOptions) { o.MaxBytes = 1 })
	seen, late := fact("f2"), fact("f3")
	order := seen.seal(r)
	late.order.SendUntil = start
	ordered := effect("f1")
	for _, tt := range []struct {
		name   string
		client authv3.AuthorizationClient
		in     *authv3.CheckRequest
		want   reason.Code
	}{
		{"a read", r.agent, r.request("GET", charges, "", r.bearer("acme")...), reason.RecordUnavailable},
		{"an effect", r.agent, r.request("POST", refunds, refund, append(r.bearer("acme"), "content-type", form)...), reason.RecordUnavailable},
		{"a refusal", r.agent, r.request("GET", charges, ""), reason.TokenMissing},
		{"an order", r.execute, ordered.request(r, ordered.seal(r)), reason.RecordUnavailable},
		{"a read's order", r.execute, seen.request(r, order), reason.RecordUnavailable},
		{"a seen order", r.execute, seen.request(r, order), reason.OrderSeen},
		{"a late order", r.execute, late.request(r, late.seal(r)), reason.OrderLate},
	} {
		out := ask(t, tt.client, tt.in)
		if got := read(t, out); got.code != string(tt.want) || strings.Contains(out.String(), acmeStripe) {
			t.Errorf("%s: got %+v, want %s", tt.name, got, tt.want)
		}
	}
	if rows := r.recorder.taken(); len(rows) != 0 {
		t.Errorf("recorded %+v", rows)
	}
}

// Over MCP a message of the protocol that cannot be recorded is an error with its id,
// which leaves the session of any client; one without an id is an error of HTTP.
func TestFullSpoolRefusesMessages(t *testing.T) {
	r := newRig(t, func(o *audit.SpoolOptions) { o.MaxBytes = 1 })
	for message, want := range map[string]struct {
		status, code int
		id           string
	}{
		`{"jsonrpc":"2.0","id":"c1","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`: {200, -32000, `"c1"`},
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`: {503, -32600, "null"},
	} {
		_, got := r.speak(t, "POST", "/mcp", message, r.bearer("acme")...)
		if got.status != want.status || got.error.Code != want.code || string(got.id) != want.id || !strings.Contains(got.error.Message, "(record_unavailable, ") {
			t.Errorf("%s: got %d %s", message, got.status, got.body)
		}
	}
}

// The spool's last bytes are for effects: reads are refused first.
func TestReserveIsForEffects(t *testing.T) {
	r := newRig(t, func(o *audit.SpoolOptions) { o.MaxBytes, o.Reserve = 1<<20, 1<<20-1 })
	read1 := ask(t, r.agent, r.request("GET", charges, "", r.bearer("acme")...))
	effect1 := ask(t, r.agent, r.request("POST", refunds, refund, append(r.bearer("acme"), "content-type", form)...))
	p := effect("r1")
	sent := ask(t, r.execute, p.request(r, p.seal(r)))
	if allowed(read1) || !allowed(effect1) || !allowed(sent) {
		t.Errorf("read %v, effect %v, order %v", allowed(read1), allowed(effect1), allowed(sent))
	}
}

// Of many at once, one uses the order; every one of them is recorded.
func TestOrderIsUsedOnceByMany(t *testing.T) {
	r := newRig(t, nil)
	p := effect("many")
	order := p.seal(r)
	const tries = 32
	var passed, seen atomic.Int32
	var group sync.WaitGroup
	for range tries {
		in := p.request(r, order)
		group.Go(func() {
			out, err := r.execute.Check(t.Context(), in)
			switch {
			case err != nil:
				t.Error(err)
			case allowed(out):
				passed.Add(1)
			case strings.Contains(out.GetDeniedResponse().GetBody(), string(reason.OrderSeen)):
				seen.Add(1)
			}
		})
	}
	group.Wait()
	if passed.Load() != 1 || seen.Load() != tries-1 || len(r.recorder.taken()) != tries {
		t.Errorf("%d passed, %d were refused as seen", passed.Load(), seen.Load())
	}
}

// A revoked token is refused from the next call on.
func TestRevokedTokenIsRefused(t *testing.T) {
	r := newRig(t, nil)
	tokens, err := token.NewVerifier(token.VerifierOptions{Key: r.ring.TokenKey})
	if err != nil {
		t.Fatal(err)
	}
	check, _, err := extauthz.New(options(r, tokens))
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "a")
	listener, err := daemon.ListenUnix(socket)
	if err != nil {
		t.Fatal(err)
	}
	server := extauthz.NewServer(check, r.logger)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	agent := authv3.NewAuthorizationClient(dial(r, socket))
	raw := r.bearer("acme")
	for _, want := range []reason.Code{reason.Allowed, reason.TokenRevoked} {
		if _, err := agent.Check(t.Context(), r.request("GET", charges, "", raw...)); err != nil {
			t.Fatal(err)
		}
		if row := r.one(t); row.Reason != string(want) {
			t.Errorf("got %s, want %s", row.Reason, want)
		}
		tokens.Revoke(&token.Revocations{Sessions: map[string]bool{"acme/ses_1": true}})
	}
}

func options(r *rig, tokens *token.Verifier) extauthz.Options {
	return extauthz.Options{
		Tenants: r.tenants, Tokens: tokens, Secrets: r.secrets, Meter: limit.NewMeter(limit.MeterOptions{MaxKeys: 64}),
		Sealer: grant.NewSealer(r.ring), Opener: grant.NewOpener(r.ring), Nonces: grant.NewNonces(64), Sessions: mcpserver.NewSessions([]byte("k")), Recorder: r.recorder,
		Servers: &observed.Servers{}, Clock: r.clock, Node: node, Logger: r.logger,
	}
}

// Nothing is optional: a check without one of its parts would open something.
func TestNewNeedsEverything(t *testing.T) {
	r := newRig(t, nil)
	tokens, err := token.NewVerifier(token.VerifierOptions{Key: r.ring.TokenKey})
	if err != nil {
		t.Fatal(err)
	}
	for name, remove := range map[string]func(*extauthz.Options){
		"tenants": func(o *extauthz.Options) { o.Tenants = nil }, "tokens": func(o *extauthz.Options) { o.Tokens = nil },
		"secrets": func(o *extauthz.Options) { o.Secrets = nil }, "meter": func(o *extauthz.Options) { o.Meter = nil },
		"sealer": func(o *extauthz.Options) { o.Sealer = nil }, "opener": func(o *extauthz.Options) { o.Opener = nil },
		"nonces": func(o *extauthz.Options) { o.Nonces = nil }, "recorder": func(o *extauthz.Options) { o.Recorder = nil },
		"clock": func(o *extauthz.Options) { o.Clock = nil }, "node": func(o *extauthz.Options) { o.Node = "" },
		"logger": func(o *extauthz.Options) { o.Logger = nil },
	} {
		o := options(r, tokens)
		remove(&o)
		if _, _, err := extauthz.New(o); err == nil {
			t.Errorf("works without %s", name)
		}
	}
}

// An Envoy without with_request_body says how long a body is and does not give it:
// nothing of the kind passes, and the answer says what to set.
func TestEnvoyThatGivesNoBodies(t *testing.T) {
	r := newRig(t, nil)
	for name, tt := range map[string]struct {
		method, target, length string
		refused                bool
	}{
		"a body that is not there": {"POST", refunds, "42", true},
		"a read with one":          {"GET", charges, "42", true},
		"an empty one":             {"GET", charges, "0", false},
		"none":                     {"GET", charges, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			headers := r.bearer("acme")
			if tt.length != "" {
				headers = append(headers, "content-length", tt.length)
			}
			in := r.request(tt.method, tt.target, "", headers...)
			out := ask(t, r.agent, in)
			row := r.one(t)
			if allowed(out) == tt.refused {
				t.Fatalf("recorded %s", row.Reason)
			}
			if tt.refused && (row.Reason != string(reason.Internal) || !strings.Contains(read(t, out).text, "with_request_body")) {
				t.Errorf("%s: %s", row.Reason, read(t, out).text)
			}
		})
	}
}
