package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shippedCatalog compiles one of the shipped catalogs.
func shippedCatalog(tb testing.TB, name string) *Catalog {
	tb.Helper()
	data, ok := Shipped(name)
	if !ok {
		tb.Fatalf("no shipped catalog %q", name)
	}
	c, problems := Compile(name+".yaml", data)
	if err := problems.Err(); err != nil {
		tb.Fatal(err)
	}
	return c
}

// refundRequest is what stripe-python 16.1.0 sends through Envoy.
func refundRequest() Request {
	return Request{
		Method: "POST", Path: "/v1/refunds",
		Header: []Header{
			{":method", "POST"}, {":path", "/v1/refunds"}, {":authority", "127.0.0.1:10000"}, {":scheme", "http"},
			{"user-agent", "Stripe/v1 PythonBindings/16.1.0"},
			{"accept-encoding", "gzip, deflate"},
			{"accept", "*/*"},
			{"x-stripe-client-user-agent", `{"bindings_version": "16.1.0", "lang": "python"}`},
			{"authorization", "Bearer spgw_x"},
			{"idempotency-key", "b0c2b9f5-1f2a-4f3a-9d53-1f1e9f6f4a55"},
			{"content-type", "application/x-www-form-urlencoded"},
			{"stripe-version", "2026-10-28.endive"},
			{"content-length", "45"},
			{"x-forwarded-proto", "http"},
			{"x-request-id", "5a2f7c3e-0000-4000-8000-000000000000"},
		},
		Body: []byte("charge=ch_ada_80&amount=4000&reason=duplicate"),
	}
}

func TestShippedCatalogs(t *testing.T) {
	if diff := cmp.Diff([]string{"hubspot", "jira", "slack", "stripe", "zendesk"}, ShippedNames()); diff != "" {
		t.Error(diff)
	}
	if _, ok := Shipped("../catalogs/stripe"); ok {
		t.Error("a name leads out of the folder")
	}
	for _, name := range ShippedNames() {
		c := shippedCatalog(t, name)
		for _, a := range c.Actions() {
			if found, ok := c.Action(a.Name); !ok || found != a {
				t.Errorf("Action(%s) is another action", a.Name)
			}
			if a.Description == "" || len(a.Description) > 500 {
				t.Errorf("%s is described to models as %q", a.Name, a.Description)
			}
		}
		if c.Name() != name || c.Dialect() != name || len(c.Version()) != len("sha256:")+64 {
			t.Errorf("%s: name %q, dialect %q, version %q", name, c.Name(), c.Dialect(), c.Version())
		}
	}
}

func TestRefundOfTheSDKIsNamed(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	call, a, mismatch := c.Match(refundRequest())
	if mismatch != nil {
		t.Fatal(mismatch)
	}
	want := Call{
		Tool: "stripe", Action: "stripe.refund.create",
		Args: Args{
			"charge": {Kind: ID, Text: "ch_ada_80"},
			"amount": {Kind: Money, Int: 4000},
			"reason": {Kind: Enum, Text: "duplicate"},
		},
		ClientKey: "b0c2b9f5-1f2a-4f3a-9d53-1f1e9f6f4a55",
	}
	if diff := cmp.Diff(want, call); diff != "" {
		t.Error(diff)
	}
	if a == nil || !a.Effect || a.ProviderKey != "idempotency-key" || a.DedupeWindow.Hours() != 23 || a.ReplayMark != "idempotent-replayed" || a.MoneyArg != "amount" {
		t.Errorf("the action is %+v", a)
	}
}

func BenchmarkMatch(b *testing.B) {
	c := shippedCatalog(b, "stripe")
	r := refundRequest()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, mismatch := c.Match(r); mismatch != nil {
			b.Fatal(mismatch)
		}
	}
}
