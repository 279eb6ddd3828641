package e2e

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
)

// TestMCPOwnWords: what Envoy and the mask answer by themselves in place of a
// resource or a prompt is an error of JSON-RPC with the request's id, and in place of
// a tool's result a result. The clients of both eras raise the sentence, and go on.
func TestMCPOwnWords(t *testing.T) {
	var fault atomic.Pointer[http.HandlerFunc]
	r := rig.Start(t, rig.Options{External: []up.Service{up.Approvald}})
	token := r.Token(rig.Billing("acme", "cus_ada"))
	t.Run("ids without approvald", func(t *testing.T) { testMCPWithoutApprovald(t, r, token) })
	t.Run("nobody there", func(t *testing.T) { testMCPTold(t, r, token, "gateway_unavailable", "Nothing was done") })

	listener, err := net.Listen("unix", filepath.Join(r.Data, "run", "approvald.sock")) // one that has gone wrong
	if err != nil {
		t.Fatal(err)
	}
	broken := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*fault.Load())(w, r) }))
	broken.Listener = listener
	broken.Start()
	t.Cleanup(broken.Close)
	say := func(media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("content-type", media)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, tt := range []struct {
		name, code, says string
		service          http.HandlerFunc
	}{
		{"broken off", "answer_lost", "sending it again is safe", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"broken off in the middle", "answer_lost", "sending it again is safe", breakOff("x", "1000")},
		{"no text", "answer_withheld", "could not be checked", say("image/png", "png")},
		{"too large", "answer_withheld", "too large to be checked", say("application/json", `["`+strings.Repeat("large ", 5<<20/6)+`"]`)},
		{"a stream that is no text", "answer_withheld", "could not be checked", say("text/event-stream", "data: \xff\n\n")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fault.Store(&tt.service)
			testMCPTold(t, r, token, tt.code, tt.says)
		})
	}
}

// testMCPTold asks the Python clients of both eras what they are told.
func testMCPTold(t *testing.T, r *rig.Rig, token, code, says string) {
	for python, eras := range map[string][]string{"PYTHON": {"initialize", "discover"}, "PYTHON_LANGCHAIN": {"initialize"}} {
		t.Run(python, func(t *testing.T) {
			t.Parallel()
			out := printed(t, os.Getenv(python), filepath.Join("testdata", "own_words.py"), "http://"+r.Addresses().Agent+"/database/mcp", token)
			lines := strings.Split(strings.TrimSpace(out), "\n")
			if len(lines) != 4*len(eras) {
				t.Fatalf("got %s", out)
			}
			for i, era := range eras {
				for at, begins := range []string{" resource error -32000 " + code + " ", " prompt error -32000 " + code + " ", " tool result True "} {
					if line := lines[4*i+at]; !strings.HasPrefix(line, era+begins) || !strings.Contains(line, says) {
						t.Errorf("%s is not %s…", line, era+begins)
					}
				}
				if lines[4*i+3] != era+" goes on with True" {
					t.Errorf("the session is over: %s", lines[4*i+3])
				}
			}
		})
	}
}
