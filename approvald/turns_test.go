package approvald

import (
	"net/http/httptest"
	"testing"
)

// An agent waits for an outcome while a request of it is open, and only then.
func TestTurnsAttend(t *testing.T) {
	waiting := 0
	join := func() func() {
		waiting++
		return func() { waiting-- }
	}
	q := &turns{end: func() {}}
	is := func(when string, want int) {
		t.Helper()
		if waiting != want {
			t.Errorf("%s: %d wait, want %d", when, waiting, want)
		}
	}
	over, ok := q.take(httptest.NewRecorder())
	if !ok {
		t.Fatal("no first turn")
	}
	leave := q.attend(join)
	is("asked", 1)
	q.give()
	<-over
	is("between two turns", 0)
	if _, ok := q.take(httptest.NewRecorder()); !ok {
		t.Fatal("no second turn")
	}
	is("asked again", 1)
	leave()
	leave()
	is("left", 0)
	q.finish()
	if _, ok := q.take(httptest.NewRecorder()); ok {
		t.Error("a turn of a call that is over: its request would wait for good")
	}
	is("over", 0)
}
