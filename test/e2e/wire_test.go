package e2e

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/rig"
)

// trick is one way to make Envoy, the check and the tool read different
// requests. {bearer} stands for a good authorization line.
type trick struct {
	name, raw string
	// reaches is what the tool gets of it, a fact that the gateway reads before it
	// refuses included; nothing when empty. Whatever else arrives there was not
	// what was decided.
	reaches string
	// answers are how many come back; otherwise one does. The client does not
	// wait for the rest of it.
	answers int
}

// unanswered is a request that is never whole.
const unanswered = -1

const (
	reads   = "GET /stripe/v1/charges?customer=cus_ada HTTP/1.1\r\nHost: gateway\r\n{bearer}"
	posts   = "POST /stripe/v1/refunds HTTP/1.1\r\nHost: gateway\r\n{bearer}Content-Type: application/x-www-form-urlencoded\r\n"
	stolen  = "charge=ch_bob_90&amount=1000"
	read    = "GET /v1/charges?customer=cus_ada"
	another = "GET /stripe/v1/charges/ch_bob_90 HTTP/1.1\r\nHost: gateway\r\n\r\n"
)

// get is a request line with good headers.
func get(target string) string {
	return "GET " + target + " HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n"
}

// paths are spellings of paths.
var paths = []trick{
	{"dots", get("/stripe/v1/refunds/../charges?customer=cus_ada"), read, 0},
	{"dots out of the tool", get("/zendesk/../stripe/v1/charges?customer=cus_ada"), read, 0},
	{"dots above the root", get("/../../stripe/v1/charges?customer=cus_ada"), read, 0},
	{"a dot", get("/stripe/./v1/charges?customer=cus_ada"), read, 0},
	{"escaped dots", get("/zendesk/%2e%2e/stripe/v1/charges?customer=cus_ada"), read, 0},
	{"escaped dots, half", get("/zendesk/.%2E/stripe/v1/charges?customer=cus_ada"), read, 0},
	{"dots escaped twice", get("/stripe/v1/charges/%252e%252e/payouts"), "", 0},
	{"dots and a path parameter", get("/stripe/v1/..;/payouts"), "", 0},
	{"a path parameter", get("/stripe/v1/charges;a=b"), "", 0},
	{"two slashes before the tool", get("//stripe/v1/charges?customer=cus_ada"), read, 0},
	{"two slashes", get("/stripe//v1///charges?customer=cus_ada"), read, 0},
	{"an escaped slash", get("/stripe%2fv1/charges"), "", 0},
	{"an escaped backslash", get("/stripe%5cv1/charges"), "", 0},
	{"a backslash", get(`/stripe\v1\charges?customer=cus_ada`), read, 0},
	{"an escaped letter", get("/stripe/v1/%63harges?customer=cus_ada"), read, 0},
	{"an escaped tool", get("/%73tripe/v1/charges?customer=cus_ada"), read, 0},
	{"capitals", get("/stripe/V1/charges"), "", 0},
	{"the tool in capitals", get("/STRIPE/v1/charges"), "", 0},
	{"an escaped NUL", get("/stripe/v1/charges%00"), "", 0},
	{"an escaped line break", get("/stripe/v1/charges%0d%0aHost:%20evil"), "", 0},
	{"a broken escape", get("/stripe/v1/charges%zz"), "", 0},
	{"bytes that are not ASCII", get("/stripe/v1/charges/ch_\xff"), "", 0},
	{"a fragment", get("/stripe/v1/charges?customer=cus_ada#/v1/payouts"), "", 0},
	{"a question mark twice", get("/stripe/v1/charges?customer=cus_ada?limit=1"), "", 0},
	{"a slash at the end", get("/stripe/v1/charges/?customer=cus_ada"), "", 0},
	{"absolute form", get("http://gateway/stripe/v1/charges?customer=cus_ada"), read, 0},
	{"absolute form of another host", get("http://api.stripe.com/stripe/v1/charges?customer=cus_ada"), read, 0},
	{"absolute form of a file", get("file:///etc/passwd"), "", 0},
	{"no slash", get("stripe/v1/charges"), "", 0},
	{"a star", "OPTIONS * HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"the root", get("/"), "", 0},
	{"a query without a path", get("?customer=cus_ada"), "", 0},
}

// methods are what is done, said in odd ways.
var methods = []trick{
	{"TRACE", "TRACE /stripe/v1/charges HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"CONNECT", "CONNECT api.stripe.com:443 HTTP/1.1\r\nHost: api.stripe.com:443\r\n{bearer}\r\n", "", 0},
	{"small letters", "get /stripe/v1/charges?customer=cus_ada HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"HEAD", "HEAD /stripe/v1/charges?customer=cus_ada HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"a method nobody knows", "REFUND /stripe/v1/charges HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"an override in a header", strings.Replace(posts, "POST", "GET", 1) + "X-HTTP-Method-Override: POST\r\nContent-Length: 28\r\n\r\n" + stolen, "", 0},
	{"an override in the query", "GET /stripe/v1/refunds?_method=POST HTTP/1.1\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"HTTP/1.0", "GET /stripe/v1/charges HTTP/1.0\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
	{"HTTP/0.9", "GET /stripe/v1/charges\r\n\r\n", "", 0},
	{"HTTP/3.0", "GET /stripe/v1/charges HTTP/3.0\r\nHost: gateway\r\n{bearer}\r\n", "", 0},
}

// headers speak for somebody else or hide something.
var headers = []trick{
	{"two hosts", reads + "Host: evil\r\n\r\n", read, 0},
	{"no host", "GET /stripe/v1/charges?customer=cus_ada HTTP/1.1\r\n{bearer}\r\n", "", 0},
	{"a host with a user", strings.Replace(reads, "gateway", "stripe@evil", 1) + "\r\n", read, 0},
	{"another tenant", reads + "X-Sallyport-Tenant: globex\r\n\r\n", read, 0},
	{"another tenant, with underscores", reads + "X_Sallyport_Tenant: globex\r\n\r\n", "", 0},
	{"another lane and tool", reads + "X-Sallyport-Lane: effect\r\nX-Sallyport-Tool: zendesk\r\n\r\n", read, 0},
	{"an admission of one's own", reads + "X-Sallyport-Admission: v1.a.b.c\r\nX-Sallyport-Order: v1.a.b.c\r\n\r\n", read, 0},
	{"another path", reads + "X-Original-URL: /stripe/v1/payouts\r\nX-Rewrite-URL: /stripe/v1/payouts\r\nX-Envoy-Original-Path: /x\r\n\r\n", read, 0},
	{"another origin", reads + "X-Forwarded-Host: evil\r\nX-Forwarded-For: 10.0.0.1\r\nForwarded: host=evil\r\n\r\n", read, 0},
	{"retries of Envoy's", reads + "X-Envoy-Retry-On: 5xx\r\nX-Envoy-Max-Retries: 9\r\nX-Envoy-Upstream-Rq-Timeout-Ms: 1\r\n\r\n", read, 0},
	{"a hop that takes the credential away", reads + "Connection: authorization, x-sallyport-tenant, close\r\n\r\n", "", 0},
	{"a header over two lines", reads + "X-A: b\r\n c\r\n\r\n", "", 0},
	{"a space before the colon", reads + "X-Sallyport-Tenant : globex\r\n\r\n", "", 0},
	{"NUL in a header", reads + "X-A: b\x00c\r\n\r\n", "", 0},
	{"a bare line feed", reads + "Accept: a\nX-Sallyport-Tenant: globex\r\n\r\n", read, 0},
	{"a bare carriage return", reads + "X-A: b\rX-Sallyport-Tenant: globex\r\n\r\n", "", 0},
	{"a second token", reads + "Authorization: Bearer spgw_x.y.z\r\n\r\n", "", 0},
	{"a WebSocket", reads + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "", 0},
	{"HTTP/2 in clear", reads + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", read, 0},
	{"a hundred headers more", reads + strings.Repeat("X-A: b\r\n", 101) + "\r\n", "", 0},
	{"40 KiB of headers", reads + "User-Agent: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", "", 0},
}

// bodies end elsewhere than they seem to.
var bodies = []trick{
	{"two lengths", posts + "Content-Length: 28\r\nContent-Length: 5\r\n\r\n" + stolen, "", 0},
	{"a list of lengths", posts + "Content-Length: 28, 28\r\n\r\n" + stolen, "", 0},
	{"a length with a sign", posts + "Content-Length: +28\r\n\r\n" + stolen, "", 0},
	{"a negative length", posts + "Content-Length: -1\r\n\r\n" + stolen, "", 0},
	{"a length and chunks", posts + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n" + stolen + "\r\n0\r\n\r\n", "", 0},
	{"chunks twice", posts + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n" + stolen + "\r\n0\r\n\r\n", "", 0},
	{"chunks of another kind", posts + "Transfer-Encoding: xchunked\r\n\r\n1c\r\n" + stolen + "\r\n0\r\n\r\n", "", 0},
	{"compressed chunks", posts + "Transfer-Encoding: gzip, chunked\r\n\r\n1c\r\n" + stolen + "\r\n0\r\n\r\n", "", 0},
	{"a chunk that is too short", posts + "Transfer-Encoding: chunked\r\n\r\n5\r\n" + stolen + "\r\n0\r\n\r\n", "", 0},
	{"a chunk of odd size", posts + "Transfer-Encoding: chunked\r\n\r\n0x1c\r\n" + stolen + "\r\n0\r\n\r\n", "", 0},
	{"credentials in trailers", posts + "Transfer-Encoding: chunked\r\n\r\n1c\r\n" + stolen + "\r\n0\r\nX-Sallyport-Tenant: globex\r\nAuthorization: Bearer x\r\n\r\n", "GET /v1/charges/ch_bob_90", 0},
	{"a second request in a read's body", reads + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(another)) + another, "", 0},
	{"a second request behind the first", reads + "\r\n" + another, read, 2},
	{"a body that never ends", posts + "Content-Length: 100\r\n\r\n" + stolen, "", unanswered},
}

// A raw connection finds nothing that Envoy, the check and the tool read in
// different ways: whatever reaches the tool is what was decided.
func testWire(tricks []trick) func(*testing.T, *rig.Rig) {
	return func(t *testing.T, r *rig.Rig) {
		bearer := "Authorization: Bearer " + r.Token(rig.Billing("acme", "cus_ada")) + "\r\n"
		for _, try := range tricks {
			t.Run(try.name, func(t *testing.T) {
				before := len(r.Provider().Requests())
				answers := send(t, r, strings.ReplaceAll(try.raw, "{bearer}", bearer), cmp.Or(try.answers, 1))
				held(t, try, r.Provider().Requests()[before:], answers)
			})
		}
		if n, _ := refunded(r, "ch_bob_90"); n != 0 {
			t.Errorf("%d refunds of another customer's charge", n)
		}
	}
}

// held compares what arrived with what may.
func held(t *testing.T, try trick, seen []provider.Request, answers []int) {
	t.Helper()
	var got []string
	for _, request := range seen {
		got = append(got, request.Method+" "+request.Path)
		for name, values := range request.Header {
			if strings.HasPrefix(strings.ToLower(name), "x-sallyport-") || strings.Contains(strings.Join(values, " "), "spgw_") {
				t.Errorf("the tool got %s: %v", name, values)
			}
		}
	}
	var want []string
	if try.reaches != "" {
		want = []string{try.reaches}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the tool got %q, want %q", got, want)
	}
	if slices.Contains(answers, http.StatusOK) && want == nil {
		t.Errorf("the client got %v", answers)
	}
}

// send writes bytes as they are and returns the statuses of the answers.
func send(t *testing.T, r *rig.Rig, raw string, answers int) []int {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.Addresses().Agent)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, raw); err != nil {
		return nil // refused while it was written
	}
	method, _, _ := strings.Cut(raw, " ")
	var out []int
	for in := bufio.NewReader(conn); len(out) < answers; {
		response, err := http.ReadResponse(in, &http.Request{Method: method})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal("no answer came and the connection stayed open")
		}
		if err != nil {
			return out // closed without a word
		}
		out = append(out, response.StatusCode)
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return out
		}
	}
	return out
}
