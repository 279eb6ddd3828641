package tenant

import (
	"runtime"
	"sync"
	"weak"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
)

// catalogs are those in use in this process, by the file they were made of:
// tenants with the same one share it. One that no tenant uses any more is
// forgotten.
var catalogs = struct {
	sync.Mutex
	live map[[2]string]weak.Pointer[action.Catalog] // by name and text of the file
}{live: map[[2]string]weak.Pointer[action.Catalog]{}}

// compileCatalog compiles a catalog, or finds the one that was made of the same.
func compileCatalog(file string, data []byte) (*action.Catalog, config.Problems) {
	key := [2]string{file, string(data)}
	catalogs.Lock()
	defer catalogs.Unlock()
	if found := catalogs.live[key].Value(); found != nil {
		return found, nil
	}
	made, problems := action.Compile(file, data)
	if made == nil || len(problems) > 0 {
		return made, problems
	}
	catalogs.live[key] = weak.Make(made)
	runtime.AddCleanup(made, forgetCatalog, key)
	return made, nil
}

// forgetCatalog lets a key go, unless its catalog was made anew since.
func forgetCatalog(key [2]string) {
	catalogs.Lock()
	defer catalogs.Unlock()
	if catalogs.live[key].Value() == nil {
		delete(catalogs.live, key)
	}
}
