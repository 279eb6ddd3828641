package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	for name, c := range map[string]struct {
		events string
		want   string
		ok     bool
	}{
		"all passed": {
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1.25}
{"Action":"skip","Package":"q","Elapsed":0}
`,
			want: "ok    p  1.2s\nnone  q  0.0s\n\npackages: 1 passed, 0 failed, 1 without tests\ntests: 1 passed, 0 failed, 0 skipped\n",
			ok:   true,
		},
		"one failed": {
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"why\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p","Elapsed":1}
`,
			want: "why\nFAIL  p  1.0s\n\nfailed:\n  p\n  p TestA\n\npackages: 0 passed, 1 failed, 0 without tests\ntests: 0 passed, 1 failed, 0 skipped\n",
		},
		"one skipped": {
			events: `{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1}
`,
			want: "ok    p  1.0s\n\nskipped, which counts as failed:\n  p TestA\n\npackages: 1 passed, 0 failed, 0 without tests\ntests: 0 passed, 0 failed, 1 skipped\n",
		},
		"did not build, then broke off": {
			events: `{"Action":"build-output","ImportPath":"p","Output":"p.go:1: no\n"}
{"Action":"fail","Package":"p","Elapsed":0}
{"Action":"output","Package":"q","Test":"TestA","Output":"panic\n"}
{"Action":"fail","Package":"q","Elapsed":0}
`,
			want: "p.go:1: no\nFAIL  p  0.0s\nFAIL  q  0.0s\npanic\n\nfailed:\n  p\n  q\n\npackages: 0 passed, 2 failed, 0 without tests\ntests: 0 passed, 0 failed, 0 skipped\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out)
			if err := read(strings.NewReader(c.events), r); err != nil {
				t.Fatal(err)
			}
			if ok := r.close(); ok != c.ok {
				t.Errorf("ok is %v", ok)
			}
			if diff := cmp.Diff(c.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
