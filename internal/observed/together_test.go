package observed

import (
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Servers that are seen at one time are all in the file when the last has
// written it: an older state never comes after a newer one.
func TestWritesTogetherLoseNothing(t *testing.T) {
	for range 20 {
		f, s, read := NewFile(filepath.Join(t.TempDir(), "servers.json")), &Servers{}, &Servers{}
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				s.Saw(Server{Tenant: "acme", Tool: strconv.Itoa(i)})
				if err := f.Write(s); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if err := f.Load(read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.All(), read.All()); diff != "" {
			t.Fatal(diff)
		}
	}
}
