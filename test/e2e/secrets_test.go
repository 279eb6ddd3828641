package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// Canaries: the provider's real keys and the agent's token. They must be in no
// log, no record, no dump and no answer, wherever a request went wrong.
func testSecretsStayInside(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	call(t, r, "GET", "/stripe/v1/charges/"+token, "", "authorization", "Bearer "+token)
	call(t, r, "GET", "/stripe/v1/charges?customer="+token, "", "x-api-key", token)
	call(t, r, "GET", "/"+token+"/v1", "", "authorization", "Bearer "+token)
	refund(t, r, token, "ch_absent", "1000")
	canaries := map[string]string{"gateway token": token}
	for _, seen := range r.Provider().Requests() {
		if key := seen.Header.Get("authorization"); key != "" {
			_, secret, _ := strings.Cut(key, " ")
			canaries["credential "+secret[:6]] = secret
		}
	}
	if len(canaries) < 3 {
		t.Fatalf("only %d canaries", len(canaries))
	}
	for place, text := range everywhere(t, r) {
		for what, canary := range canaries {
			if strings.Contains(text, canary) {
				t.Errorf("%s is in %s", what, place)
			}
		}
	}
}

// everywhere is what the gateway, Envoy and the records hold, by where it is.
func everywhere(t *testing.T, r *rig.Rig) map[string]string {
	t.Helper()
	places := map[string]string{"log": r.Log.String()}
	for _, path := range []string{"/config_dump?include_eds", "/stats", "/clusters", "/certs", "/memory", "/server_info"} {
		body, err := r.Envoy().Admin(t.Context(), path)
		if err != nil {
			t.Logf("Envoy's admin refuses %s: %v", path, err)
			continue
		}
		places["Envoy "+path] = string(body)
	}
	testkit.Eventually(t, "something was recorded", func() bool {
		return r.Count(t, "SELECT count() > 0 FROM audit.requests") == "1" && r.Count(t, "SELECT count() > 0 FROM audit.decisions") == "1"
	})
	for _, table := range []string{"decisions", "approvals", "requests"} {
		for _, row := range r.Query(t, "SELECT * FROM audit."+table) {
			places["audit."+table] += strings.Join(row, "\t") + "\n"
		}
	}
	if places["audit.decisions"] == "" || places["audit.requests"] == "" {
		t.Fatal("the record is empty: nothing was searched")
	}
	files(t, r, places)
	return places
}

// files adds every file of the data folder, the engine's compressed parts
// included as they are.
func files(t *testing.T, r *rig.Rig, places map[string]string) {
	t.Helper()
	err := filepath.WalkDir(r.Data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // files come and go while the gateway runs
		}
		data, err := os.ReadFile(path)
		if err == nil {
			places[strings.TrimPrefix(path, r.Data)] = string(data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
