package rig

import (
	"net/http"
	"testing"

	"github.com/sallyport/sallyport/controlplane/admin"
)

// TenantStatus waits until the problems of a tenant's newest files meet a
// condition, and returns them.
func (r *Rig) TenantStatus(tb testing.TB, name string, meets func([]string) bool) []string {
	tb.Helper()
	var found []string
	Eventually(tb, "the status of tenant "+name, func() bool {
		request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, "http://"+r.Addresses().Admin+"/tenants", nil)
		if err != nil {
			tb.Fatal(err)
		}
		var all []admin.TenantStatus
		if err := do(request, &all); err != nil {
			return false
		}
		for _, t := range all {
			if t.Name == name && meets(t.Problems) {
				found = t.Problems
				return true
			}
		}
		return false
	})
	return found
}
