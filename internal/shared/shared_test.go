package shared

import (
	"errors"
	"runtime"
	"testing"
)

type thing struct{ text string }

func TestEqualThingsAreOne(t *testing.T) {
	var things Things[string, thing]
	made := 0
	get := func(key string) *thing {
		found, err := things.Get(key, func() (*thing, error) { made++; return &thing{key}, nil })
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	a, b, c := get("a"), get("a"), get("c")
	if a != b || a == c || made != 2 || a.text != "a" || c.text != "c" {
		t.Errorf("%v %v %v, %d were made", a, b, c, made)
	}
	runtime.KeepAlive(a)
	runtime.KeepAlive(c)
}

func TestWhatNobodyUsesIsForgotten(t *testing.T) {
	var things Things[string, thing]
	build := func() (*thing, error) { return &thing{"a"}, nil }
	a, _ := things.Get("a", build)
	if !things.Known("a") {
		t.Error("it is not known")
	}
	runtime.KeepAlive(a)
	for range 1000 {
		if runtime.GC(); !things.Known("a") {
			return
		}
	}
	t.Error("what nobody uses is kept")
}

// A thing made anew before the end of the first one was heard of stays.
func TestForgetsOnlyWhatIsGone(t *testing.T) {
	var things Things[string, thing]
	a, _ := things.Get("a", func() (*thing, error) { return &thing{"a"}, nil })
	if things.forget("a"); !things.Known("a") {
		t.Error("it is forgotten, and is in use")
	}
	runtime.KeepAlive(a)
}

func TestFailureIsNobodys(t *testing.T) {
	var things Things[string, thing]
	broken := errors.New("broken")
	if found, err := things.Get("a", func() (*thing, error) { return nil, broken }); found != nil || !errors.Is(err, broken) || things.Known("a") {
		t.Errorf("got %v, %v", found, err)
	}
	if found, err := things.Get("a", func() (*thing, error) { return &thing{"a"}, nil }); found == nil || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
}
