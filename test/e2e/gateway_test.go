package e2e

import (
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// TestGateway runs everything that leaves the gateway as it found it on one
// gateway: Envoy compiles the mask for seconds at each start.
func TestGateway(t *testing.T) {
	r := rig.Start(t, rig.Options{})
	for _, group := range []struct {
		name string
		run  func(*testing.T, *rig.Rig)
	}{
		{"direct lane", testDirect},
		{"token places", testTokenPlaces},
		{"hosts that name tools", testHosts},
		{"small refunds", testSmallRefunds},
		{"holds", testHolds},
		{"approved in the browser", testBrowser},
		{"cancelled by its agent", testCancel},
		{"worked examples", testExamples},
		{"repetitions", testRepetitions},
		{"tool faults", testToolFaults},
		{"mask", testMask},
		{"mask by role", testMaskRoles},
		{"surrogates", testSurrogates},
		{"sessions", testSessions},
		{"tenants apart", testTenantsApart},
		{"refusals", testRefusals},
		{"record", testRecord},
		{"metrics", testMetrics},
		{"identity", testIdentity},
		{"foreign issuers", testForeign},
		{"an issuer of its own kind", testOwnIssuer},
		{"tenants live", testTenantsLive},
		{"secrets stay inside", testSecretsStayInside},
		{"a new key for surrogates", testSurrogateKey},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, r) })
	}
}

// TestAtRest runs, on one gateway too, what needs that nobody moves its clock, and
// that the provider is called by nobody else.
func TestAtRest(t *testing.T) {
	r := rig.Start(t, rig.Options{})
	for _, group := range []struct {
		name string
		run  func(*testing.T, *rig.Rig)
	}{
		{"paths", testWire(paths)},
		{"methods", testWire(methods)},
		{"headers", testWire(headers)},
		{"bodies", testWire(bodies)},
		{"decisions explained", testExplainByDecision},
		{"sallyport run", testRun},
		{"an MCP server's resources", testUpstreamResources},
		{"an attacker recovers nothing", testAttacker},
		{"everybody's own is turned back", testRestored},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, r) })
	}
}
