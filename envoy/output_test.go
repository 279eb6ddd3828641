package envoy

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What Envoy prints of requests when it crashes is not passed on, however it is cut
// into writes; everything else is.
func TestACrashPrintsNoRequest(t *testing.T) {
	in := "unknown flag\nenvoy warning main one\n  more of it\nenvoy error misc Watchdog AbortAction\n" +
		"envoy critical backtrace Caught Aborted, suspect faulting address 0x1\nenvoy critical backtrace #0: [0x7fa1]\n" +
		"ActiveStream 0x1\n  'authorization', 'Bearer sk_test_1'\n" + strings.Repeat("x", longestLine) + " sk_test_2\nenvoy warning main last\n  sk_test_3"
	want := "unknown flag\nenvoy warning main one\n  more of it\nenvoy error misc Watchdog AbortAction\n" +
		"envoy critical backtrace Caught Aborted, suspect faulting address 0x1\nenvoy critical backtrace #0: [0x7fa1]\n" + leftOut + "envoy warning main last\n"
	for _, size := range []int{1, 7, 1000, len(in)} {
		var got bytes.Buffer
		o := &output{to: &got}
		for rest := in; rest != ""; {
			n := min(size, len(rest))
			if m, err := o.Write([]byte(rest[:n])); m != n || err != nil {
				t.Fatal(m, err)
			}
			rest = rest[n:]
		}
		o.flush()
		if diff := cmp.Diff(want, got.String()); diff != "" {
			t.Errorf("in pieces of %d: %s", size, diff)
		}
	}
	var got bytes.Buffer
	o := &output{to: &got}
	long := strings.Repeat("y", 3*longestLine) + "\n"
	_, _ = o.Write([]byte(long + "no end"))
	if o.flush(); got.String() != long+"no end\n" {
		t.Errorf("%d bytes of a long line", got.Len())
	}
}
