package action

import (
	"fmt"
	"strings"
	"testing"
)

// Small and large objects find a repeated key by different means.
func TestRepeatedKeysAreFoundInObjectsOfEverySize(t *testing.T) {
	for size := 1; size <= 40; size++ {
		keys := make([]string, size)
		for i := range keys {
			keys[i] = fmt.Sprintf(`"k%d":%d`, i, i)
		}
		text := "{" + strings.Join(keys, ",") + "}"
		if root, err := parseJSON(text); err != nil || len(root.keys) != size {
			t.Fatalf("%d keys: %v", size, err)
		}
		for again := range keys {
			text := "{" + strings.Join(append(keys[:size:size], keys[again]), ",") + "}"
			if _, err := parseJSON(text); err == nil || err.duplicate != fmt.Sprintf("k%d", again) {
				t.Fatalf("key %d of %d stands twice: %v", again, size, err)
			}
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	for depth, ok := range map[int]bool{maxDepth: true, maxDepth + 1: true, maxDepth + 2: false, 100_000: false} {
		text := strings.Repeat("[", depth) + strings.Repeat("]", depth)
		if _, err := parseJSON(text); (err == nil) != ok {
			t.Errorf("%d lists: %v", depth, err)
		}
	}
}
