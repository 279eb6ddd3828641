package rig

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/controlplane/admin"
	"github.com/sallyport/sallyport/internal/testkit"
)

// TenantStatus waits until the problems of a tenant's newest files meet a
// condition, and returns them.
func (r *Rig) TenantStatus(tb testing.TB, name string, meets func([]string) bool) []string {
	tb.Helper()
	var found admin.TenantStatus
	testkit.Eventually(tb, "the status of tenant "+name, func() bool {
		var ok bool
		found, ok = r.tenant(tb, name)
		return ok && meets(found.Problems)
	})
	return found.Problems
}

// Edit changes one of a tenant's files and waits until the change is live.
// Restore does the same with what was there before.
func (r *Rig) Edit(tb testing.TB, name, file, from, to string) (restore func()) {
	tb.Helper()
	path := filepath.Join(r.Tenants, name, file)
	before, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	after := strings.Replace(string(before), from, to, 1)
	if after == string(before) {
		tb.Fatalf("%s has no %q", path, from)
	}
	r.write(tb, name, path, after)
	// A test that ends before it restores would leave its edit to the next one.
	var once sync.Once
	restore = func() {
		once.Do(func() {
			tb.Helper()
			r.write(tb, name, path, string(before))
		})
	}
	tb.Cleanup(restore)
	return restore
}

func (r *Rig) write(tb testing.TB, name, path, text string) {
	tb.Helper()
	before, _ := r.tenant(tb, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	testkit.Eventually(tb, "the change of "+path+" is live", func() bool {
		now, ok := r.tenant(tb, name)
		return ok && now.Live != before.Live
	})
}

func (r *Rig) tenant(tb testing.TB, name string) (admin.TenantStatus, bool) {
	tb.Helper()
	// Edits are restored in cleanups, too, when the context of the test is over.
	request, err := http.NewRequestWithContext(context.WithoutCancel(tb.Context()), http.MethodGet, "http://"+r.Addresses().Admin+"/tenants", nil)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("authorization", "Bearer "+r.ownerToken(tb))
	var all []admin.TenantStatus
	if err := do(request, &all); err != nil {
		return admin.TenantStatus{}, false
	}
	for _, t := range all {
		if t.Name == name {
			return t, true
		}
	}
	return admin.TenantStatus{}, false
}

// Metric is what one line of the gateway's metrics says, named with its labels; one
// that is not there fails the test.
func (r *Rig) Metric(tb testing.TB, line string) float64 {
	tb.Helper()
	response, err := http.Get("http://" + r.Addresses().Admin + "/metrics")
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), line+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				tb.Fatal(err)
			}
			return value
		}
	}
	tb.Fatalf("there is no metric %s", line)
	return 0
}
