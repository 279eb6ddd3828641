package extauthz_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/wire"
)

// ask is one Check over the socket. Whatever the answer, Envoy must be able to
// take it in one way only.
func ask(tb testing.TB, client authv3.AuthorizationClient, in *authv3.CheckRequest) *authv3.CheckResponse {
	tb.Helper()
	out, err := client.Check(tb.Context(), in)
	if err != nil {
		tb.Fatal(err)
	}
	said := out.GetDynamicMetadata().GetFields()[wire.MetaVerdict].GetStringValue()
	switch denied := out.GetDeniedResponse(); {
	case out.GetStatus() == nil:
		tb.Fatal("an answer without a status is an allow to Envoy")
	case out.GetStatus().GetCode() == 0 && (out.GetOkResponse() == nil || said != wire.VerdictAllow):
		tb.Fatalf("half an allow: %v", out)
	case out.GetStatus().GetCode() != 0 && (!refuses(denied) || said != wire.VerdictDeny):
		tb.Fatalf("half a refusal: %v", out)
	}
	return out
}

func allowed(out *authv3.CheckResponse) bool { return out.GetStatus().GetCode() == 0 }

// meta is one word of what the seal and the access log read.
func meta(out *authv3.CheckResponse, key string) string {
	return out.GetDynamicMetadata().GetFields()[key].GetStringValue()
}

// refused is what the client of a refusal reads.
type refused struct {
	status  int
	code    string
	text    string
	kind    string // Stripe's error type
	headers map[string]string
}

// read reads a refusal in the dialect that it is written in.
func read(tb testing.TB, out *authv3.CheckResponse) refused {
	tb.Helper()
	denied := out.GetDeniedResponse()
	if denied == nil {
		tb.Fatalf("not refused: %v", out)
	}
	got := refused{status: int(denied.GetStatus().GetCode()), headers: map[string]string{}}
	for _, h := range denied.GetHeaders() {
		got.headers[h.GetHeader().GetKey()] = h.GetHeader().GetValue()
	}
	var body struct {
		Error             json.RawMessage
		Description       string
		Code, Detail      string
		Title, Type, Rule string
	}
	if err := json.Unmarshal([]byte(denied.GetBody()), &body); err != nil {
		tb.Fatalf("%v: %s", err, denied.GetBody())
	}
	var stripe struct{ Type, Code, Message string }
	switch {
	case json.Unmarshal(body.Error, &stripe) == nil:
		got.code, got.text, got.kind = stripe.Code, stripe.Message, stripe.Type
	case json.Unmarshal(body.Error, &got.code) == nil:
		got.text = body.Description
	default:
		got.code, got.text = body.Code, body.Detail
	}
	return got
}

// forwarded are the headers Envoy would send on, as it applies an allow: what is
// removed goes first, then what is set replaces every header of its name.
func forwarded(tb testing.TB, in *authv3.CheckRequest, out *authv3.CheckResponse) map[string][]string {
	tb.Helper()
	ok := out.GetOkResponse()
	if ok == nil {
		tb.Fatalf("refused: %v", out)
	}
	headers := map[string][]string{}
	for _, h := range in.GetAttributes().GetRequest().GetHttp().GetHeaderMap().GetHeaders() {
		name := strings.ToLower(h.GetKey())
		headers[name] = append(headers[name], string(h.GetRawValue()))
	}
	for _, name := range ok.GetHeadersToRemove() {
		delete(headers, name)
	}
	for _, h := range ok.GetHeaders() {
		if h.GetAppendAction() != corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD {
			tb.Errorf("%s is not overwritten but %s", h.GetHeader().GetKey(), h.GetAppendAction())
		}
		headers[h.GetHeader().GetKey()] = []string{h.GetHeader().GetValue()}
	}
	return headers
}

// slots are the credential slots that are filled.
func slots(headers map[string][]string) []string {
	var filled []string
	for _, slot := range wire.CredentialSlots {
		if _, ok := headers[slot]; ok {
			filled = append(filled, slot)
		}
	}
	return filled
}

// one is the only record there is since the last look.
func (r *rig) one(tb testing.TB) audit.Decision {
	tb.Helper()
	rows := r.recorder.taken()
	if len(rows) != 1 {
		tb.Fatalf("%d records, want one: %+v", len(rows), rows)
	}
	return rows[0]
}

// noToken fails when a gateway token or a statement stands in any header.
func noToken(tb testing.TB, headers map[string][]string) {
	tb.Helper()
	for name, values := range headers {
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, wire.TokenPrefix) }) {
			tb.Errorf("the gateway token goes on in %s", name)
		}
	}
}

// refuses is so for a status of an error, and for Slack's way of saying it.
func refuses(denied *authv3.DeniedHttpResponse) bool {
	return denied.GetStatus().GetCode() >= 400 || denied.GetStatus().GetCode() == 200 && strings.HasPrefix(denied.GetBody(), `{"ok":false,`)
}
