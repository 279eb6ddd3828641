package daemon

import (
	"runtime/debug"
	"testing"
)

func TestCollectLess(t *testing.T) {
	before := debug.SetGCPercent(77)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "50")
	if CollectLess(); debug.SetGCPercent(77) != 77 {
		t.Error("the environment was not asked")
	}
	t.Setenv("GOGC", "")
	if CollectLess(); debug.SetGCPercent(77) != collectAt {
		t.Error("nothing was set")
	}
}
