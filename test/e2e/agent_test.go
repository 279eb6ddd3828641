package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// said is what stripe-python told its user.
type said struct {
	OK      bool     `json:"ok"`
	ID      string   `json:"id"`
	IDs     []string `json:"ids"`
	Amount  int64    `json:"amount"`
	Class   string   `json:"class"`
	Status  int      `json:"status"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	tries   int64
}

// stripePython makes one call with the real SDK. A proxy in front of the
// gateway counts how often the SDK tried.
func stripePython(t *testing.T, r *rig.Rig, token string, args ...string) said {
	t.Helper()
	wait := startStripePython(t, r, token, args...)
	return wait()
}

// startStripePython returns at once; the returned function waits for the answer.
func startStripePython(t *testing.T, r *rig.Rig, token string, args ...string) func() said {
	t.Helper()
	python := os.Getenv("PYTHON")
	if python == "" {
		t.Fatal("PYTHON is not set: run `make check`, or `make deps-check` and name its python")
	}
	var tries atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: r.Addresses().Agent})
	counter := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		tries.Add(1)
		proxy.ServeHTTP(w, req)
	}))
	script := filepath.Join("testdata", "agent.py")
	command := exec.Command(python, append([]string{script, counter.URL + "/stripe", token}, args...)...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return func() said {
		t.Helper()
		defer counter.Close()
		if err := command.Wait(); err != nil {
			t.Fatalf("agent.py: %v\n%s", err, stderr.String())
		}
		var s said
		if err := json.Unmarshal(stdout.Bytes(), &s); err != nil {
			t.Fatalf("agent.py printed %q: %v", stdout.String(), err)
		}
		s.tries = tries.Load()
		return s
	}
}
