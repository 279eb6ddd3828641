package extauthz

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/wire"
)

// plain reads a Check as protobuf's own decoder gives it.
func plain(in *authv3.CheckRequest) check {
	http := in.GetAttributes().GetRequest().GetHttp()
	c := check{
		authority: http.GetHost(), target: http.GetPath(), textBody: http.GetBody(),
		request: action.Request{Method: http.GetMethod(), Body: http.GetRawBody()},
	}
	c.request.Path, c.request.RawQuery, _ = strings.Cut(c.target, "?")
	for _, h := range http.GetHeaderMap().GetHeaders() {
		value := h.GetValue()
		if len(h.GetRawValue()) > 0 {
			value = string(h.GetRawValue())
		}
		c.request.Header = append(c.request.Header, action.Header{Name: strings.ToLower(h.GetKey()), Value: value})
	}
	c.requestID, _ = c.header(wire.RequestID)
	c.unread = in.GetAttributes().GetContextExtensions()[wire.ContextBody] == wire.BodyUnread
	c.fault = c.whole()
	return c
}

func decode(data string) (check, error) {
	var c check
	err := c.decode(data)
	return c, err
}

// same compares two checks, and who called. To find differences takes a hundred times
// as long as to find none.
func same(tb testing.TB, got check, want check, source *authv3.AttributeContext_Peer) {
	tb.Helper()
	if source == nil {
		source = new(authv3.AttributeContext_Peer)
	}
	if peer := got.peer(); !proto.Equal(source, peer) {
		tb.Error(cmp.Diff(source, peer, protocmp.Transform()))
	}
	got.source = ""
	if reflect.DeepEqual(want, got) {
		return
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(check{}), cmpopts.EquateEmpty()); diff != "" {
		tb.Error(diff)
	}
}

// randomRequest has every field that Envoy sends, or leaves it out.
func randomRequest(r *rand.Rand) *authv3.CheckRequest {
	text := func(all ...string) string { return all[r.IntN(len(all))] }
	http := &authv3.AttributeContext_HttpRequest{
		Id: text("", "17"), Method: text("", "GET", "POST"), Path: text("", "/stripe/v1/charges?limit=3", "/?", "?a?b", "/ä"),
		Host: text("", "127.0.0.1:10000"), Scheme: text("", "https"), Protocol: text("", "HTTP/1.1"), Size: int64(r.IntN(3)) - 1,
		Query: text("", "a=b"), Headers: map[string]string{text("", "x"): text("", "y")}, Body: text("", "", "", "{}"),
		RawBody: []byte(text("", "{}", "\xff\x00", strings.Repeat("long ", 1000))),
	}
	if r.IntN(8) > 0 {
		http.HeaderMap = &corev3.HeaderMap{}
		for range r.IntN(40) {
			http.HeaderMap.Headers = append(http.HeaderMap.Headers, &corev3.HeaderValue{
				Key:   text("", "accept", "X-Request-ID", "x-request-id", "x-envoy-auth-partial-body", "authorization"),
				Value: text("", "", "clean"), RawValue: []byte(text("", "false", "true", "\xff raw", strings.Repeat("v", 300))),
			})
		}
	}
	in := &authv3.CheckRequest{Attributes: &authv3.AttributeContext{
		Request: &authv3.AttributeContext_Request{Http: http}, ContextExtensions: map[string]string{"a": "b", text("", wire.ContextBody): text("", wire.BodyUnread)},
	}}
	if r.IntN(2) == 0 {
		in.Attributes.Source = &authv3.AttributeContext_Peer{Certificate: text("", "-----BEGIN"), Address: &corev3.Address{
			Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{Address: "10.0.0.1", PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: 1}}},
		}}
		in.Attributes.Destination = in.GetAttributes().GetSource()
	}
	switch r.IntN(20) {
	case 0:
		in.Attributes.Request = nil
	case 1:
		in.Attributes = nil
	}
	return in
}

func TestDecodeEqualsProtobuf(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var got check // used again, as the server does
	for range 2000 {
		in, more := randomRequest(r), randomRequest(r)
		data, err := proto.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if r.IntN(4) == 0 { // two messages one behind the other are one
			behind, err := proto.Marshal(more)
			if err != nil {
				t.Fatal(err)
			}
			data = append(data, behind...)
			in = new(authv3.CheckRequest)
			if err := proto.Unmarshal(data, in); err != nil {
				t.Fatal(err)
			}
		}
		if err := got.decode(string(data)); err != nil {
			t.Fatal(err)
		}
		if same(t, got, plain(in), in.GetAttributes().GetSource()); t.Failed() {
			t.Fatal(in)
		}
	}
}

// Whatever protobuf reads is read the same; what is refused protobuf refuses too.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20 {
		data, err := proto.Marshal(randomRequest(r))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte("\x0b\x08\x01\x0c"))                 // a group
	f.Add([]byte("\x0a\x80\x80\x80\x80\x80\x80\x01")) // a number longer than it must be
	f.Fuzz(func(t *testing.T, data []byte) {
		in := new(authv3.CheckRequest)
		wanted := proto.Unmarshal(data, in)
		got, err := decode(string(data))
		switch {
		case wanted == nil && err == nil:
			same(t, got, plain(in), in.GetAttributes().GetSource())
		case wanted == nil:
			t.Errorf("protobuf reads %v", in)
		}
	})
}

func TestDecodeRefusesMalformed(t *testing.T) {
	request := func(http string) string {
		wrap := func(number byte, of string) string { return string([]byte{number<<3 | 2, byte(len(of))}) + of }
		return wrap(requestAttributes, wrap(attributesRequest, wrap(requestHTTP, http)))
	}
	if c, err := decode(request("\x12\x03GET")); err != nil || c.request.Method != "GET" {
		t.Fatal(c, err)
	}
	for name, data := range map[string]string{
		"half a message":      "\x0a\x05ab",
		"half a length":       "\x0a\x80",
		"half a tag":          "\x80",
		"a tag without end":   strings.Repeat("\x80", 11),
		"a tag past 64 bits":  strings.Repeat("\x80", 9) + "\x02",
		"a number past 64":    "\x08" + strings.Repeat("\x80", 9) + "\x02",
		"field 0":             "\x02\x00",
		"field 2^29":          "\x82\x80\x80\x80\x10\x00",
		"the end of a group":  "\x0c",
		"a group without end": "\x0b\x08\x01",
		"half of four bytes":  "\x0d\x00",
		"half of eight bytes": "\x09\x00",
		"half a number":       "\x08\x80",
		"a kind 6":            "\x0e\x00",
		"a method no UTF-8":   request("\x12\x01\xff"),
		"a path no UTF-8":     request("\x22\x01\xff"),
		"a host no UTF-8":     request("\x2a\x01\xff"),
		"a body no UTF-8":     request("\x5a\x01\xff"),
		"a name no UTF-8":     request("\x6a\x05\x0a\x03\x0a\x01\xff"),
		"a value no UTF-8":    request("\x6a\x05\x0a\x03\x12\x01\xff"),
		"half a header":       request("\x6a\x04\x0a\x03\x0a\x05"),
	} {
		if proto.Unmarshal([]byte(data), new(authv3.CheckRequest)) == nil {
			t.Errorf("%s: protobuf reads it", name)
		}
		if c, err := decode(data); err == nil {
			t.Errorf("%s: read as %+v", name, c)
		}
	}
}

func option(h [2]string) *corev3.HeaderValueOption {
	return &corev3.HeaderValueOption{Header: &corev3.HeaderValue{Key: h[0], Value: h[1]}, AppendAction: corev3.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD}
}

func noted(verdict, decision, tenant, slot string) *structpb.Struct {
	return &structpb.Struct{Fields: map[string]*structpb.Value{
		wire.MetaVerdict: structpb.NewStringValue(verdict), wire.MetaDecision: structpb.NewStringValue(decision),
		wire.MetaTenant: structpb.NewStringValue(tenant), wire.MetaSlot: structpb.NewStringValue(slot),
	}}
}

// lengths are around those at which a message's length takes another byte.
var lengths = []int{0, 1, 100, 110, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 16000, 16360, 16383, 16384, 16385, 70000}

func TestAllowEqualsProtobuf(t *testing.T) {
	for _, n := range lengths {
		for _, slot := range []string{"", "authorization", "x-api-key"} {
			p := pass{
				decision: "dec-" + strings.Repeat("d", n), tenant: "acme", slot: slot, remove: []string{wire.HeaderOrder},
				dialect: map[string]string{"authorization": "stripe"}[slot], mcp: map[string]string{"x-api-key": `"1"`}[slot],
				mask: map[string]string{"authorization": "key.stripe"}[slot], role: map[string]string{"x-api-key": "fraud"}[slot],
				set: [][2]string{{wire.HeaderTenant, "acme"}, {wire.HeaderAdmission, strings.Repeat("é", n)}, {"empty", ""}},
			}
			ok := &authv3.OkHttpResponse{HeadersToRemove: []string{wire.HeaderOrder}}
			for _, other := range wire.CredentialSlots {
				if other != slot {
					ok.HeadersToRemove = append(ok.HeadersToRemove, other)
				}
			}
			for _, h := range p.set {
				ok.Headers = append(ok.Headers, option(h))
			}
			encoded, err := allow(p)
			said := noted(wire.VerdictAllow, p.decision, "acme", slot)
			for name, value := range map[string]string{wire.MetaDialect: p.dialect, wire.MetaMCP: p.mcp, wire.MetaMask: p.mask, wire.MetaRole: p.role} {
				if value != "" {
					said.Fields[name] = structpb.NewStringValue(value)
				}
			}
			encodes(t, encoded, err, &authv3.CheckResponse{
				Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_OkResponse{OkResponse: ok},
				DynamicMetadata: said,
			})
		}
	}
}

func TestDenyEqualsProtobuf(t *testing.T) {
	for _, n := range lengths {
		a := answer.Answer{Status: 403, Body: []byte(strings.Repeat("b", n)), Headers: [][2]string{{"content-type", "application/json"}, {"x", strings.Repeat("y", n)}}}
		denied := &authv3.DeniedHttpResponse{Status: &typev3.HttpStatus{Code: 403}, Body: string(a.Body)}
		for _, h := range a.Headers {
			denied.Headers = append(denied.Headers, option(h))
		}
		encoded, err := deny("dec-1", strings.Repeat("t", n), a)
		encodes(t, encoded, err, &authv3.CheckResponse{
			Status: &status.Status{Code: int32(codes.PermissionDenied)}, HttpResponse: &authv3.CheckResponse_DeniedResponse{DeniedResponse: denied},
			DynamicMetadata: noted(wire.VerdictDeny, "dec-1", strings.Repeat("t", n), ""),
		})
	}
}

func encodes(tb testing.TB, encoded reply, err error, want *authv3.CheckResponse) {
	tb.Helper()
	got := new(authv3.CheckResponse)
	if err == nil {
		err = proto.Unmarshal(encoded, got)
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
		tb.Error(err, diff)
	}
}

// Envoy would refuse the whole answer, as protobuf does: no half of it goes out.
func TestAnswersAreText(t *testing.T) {
	for name, p := range map[string]pass{
		"a header":   {set: [][2]string{{"x", "\xff"}}},
		"a decision": {decision: "\xff"},
		"a name":     {remove: []string{"\xff"}},
	} {
		if out, err := allow(p); err == nil || out != nil {
			t.Errorf("%s: got %q", name, out)
		}
	}
	if out, err := deny("dec-1", "acme", answer.Answer{Body: []byte{0xff}}); err == nil || out != nil {
		t.Errorf("got %q", out)
	}
}
