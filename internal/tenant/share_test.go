package tenant

import (
	"runtime"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
)

// Tenants with the same file share its catalog; one letter makes another, and
// what nobody uses any more is forgotten.
func TestCatalogsAreShared(t *testing.T) {
	data, _ := action.Shipped("stripe")
	const file = "catalogs/shared.yaml"
	a, problems := compileCatalog(file, data)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b, _ := compileCatalog(file, append([]byte(nil), data...))
	c, _ := compileCatalog(file, append([]byte("# another\n"), data...))
	d, _ := compileCatalog("catalogs/other.yaml", data)
	if a != b || a == c || a == d || c == nil || d == nil {
		t.Errorf("%p %p %p %p", a, b, c, d)
	}
	known := func() bool {
		catalogs.Lock()
		defer catalogs.Unlock()
		_, ok := catalogs.live[[2]string{file, string(data)}]
		return ok
	}
	runtime.KeepAlive(b)
	if runtime.KeepAlive(a); !known() {
		t.Error("it is not known")
	}
	for range 1000 {
		if runtime.GC(); !known() {
			return
		}
	}
	t.Error("a catalog that nobody uses is kept")
}

func TestMistakenCatalogIsReportedEachTime(t *testing.T) {
	for range 2 {
		if c, problems := compileCatalog("catalogs/x.yaml", []byte("name: x\nactions: 7\n")); c != nil || len(problems) == 0 {
			t.Errorf("got %v %v", c, problems)
		}
	}
}
