package extauthz_test

import (
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

const uploads = `name: files
dialect: problem
max_body: 16KiB
actions:
  - name: files.blob.put
    summary: Store a blob
    effect: false
    method: PUT
    path: /blobs/{blob}
    upload: [image/png]
    params: [{name: blob, kind: id, safe: true}]
`

// unread is a request whose body Envoy was told to keep.
func unread(in *authv3.CheckRequest) *authv3.CheckRequest {
	in.Attributes.ContextExtensions = map[string]string{wire.ContextBody: wire.BodyUnread}
	return in
}

// uploader is acme with a tool that takes files.
func uploader(t *testing.T, r *rig) {
	t.Helper()
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme",
		"catalogs/files.yaml", "", uploads,
		"tools.yaml", "tools:\n", "tools:\n  - {name: files, catalog: files, origin: \"https://files.example\", credential: {secret: stripe_key, scheme: bearer}}\n",
		"policy.csv", "g, billing-bot, billing", "p, billing, files.*, true, allow, -\ng, billing-bot, billing",
	)}, nil)
}

// Only an upload may pass with a body that nobody has seen.
func TestUnreadBodyIsAnUploadsAlone(t *testing.T) {
	r := newRig(t, nil)
	uploader(t, r)
	png := append(r.bearer("acme"), "content-type", "image/png")
	if out := ask(t, r.agent, unread(r.request("PUT", "/files/blobs/b1", "", png...))); !allowed(out) {
		t.Errorf("an upload: %v", out)
	}
	r.one(t)
	for name, in := range map[string]*authv3.CheckRequest{
		"a read":        unread(r.request("GET", charges, "", r.bearer("acme")...)),
		"another media": unread(r.request("PUT", "/files/blobs/b1", "", append(r.bearer("acme"), "content-type", "application/json")...)),
	} {
		if out := ask(t, r.agent, in); allowed(out) {
			t.Errorf("%s passes with a body that nobody has seen", name)
		}
		r.one(t)
	}
}

// An order binds every byte, so a body that was not given opens none: the order
// below is good for the same request without a body.
func TestNoOrderForAnUnreadBody(t *testing.T) {
	r := newRig(t, nil)
	if out := ask(t, r.execute, fact("n1").request(r, fact("n1").seal(r))); !allowed(out) {
		t.Fatalf("the order itself: %v", out)
	}
	r.one(t)
	if out := ask(t, r.execute, unread(fact("n2").request(r, fact("n2").seal(r)))); allowed(out) {
		t.Errorf("got %v", out)
	}
	r.one(t)
}
