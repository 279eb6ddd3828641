package mask

import (
	"reflect"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/surrogate"
)

// Scanners are used again, by many at once, and take nothing along: each finds
// what a new one finds.
func TestScansDoNotMeet(t *testing.T) {
	bodies := []string{
		`{"name":"Ada Byron","note":"Ada Byron wrote from ada@example.com"}`,
		`{"note":"Ada Byron wrote"}`,
		`{"note":"call +1 415 555 0142"}`,
	}
	want := make([][]Finding, len(bodies))
	for i, body := range bodies {
		m := New(surrogate.Mark{})
		if _, err := m.read([]byte(body), "application/json", Default()); err != nil {
			t.Fatal(err)
		}
		want[i] = m.findings(nil, 0)
	}
	if len(want[0]) != 3 || len(want[1]) != 0 || len(want[2]) != 1 {
		t.Fatalf("got %+v", want)
	}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for n := range 60 {
				i := (worker + n) % len(bodies)
				got, err := Scan([]byte(bodies[i]), "application/json", Default(), surrogate.Mark{})
				if err != nil || !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%s: %+v, %v", bodies[i], got, err)
				}
			}
		})
	}
	all.Wait()
}
