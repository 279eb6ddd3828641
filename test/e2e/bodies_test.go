package e2e

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig"
)

const filesCatalog = `name: files
dialect: problem
max_body: 1MiB
actions:
  - name: files.note.check
    summary: Check a note
    effect: false
    method: POST
    path: /v1/notes
    body: json
    params:
      - {name: texts, kind: list, max: 65536}
  - name: files.blob.put
    summary: Store blob {blob}
    effect: false
    method: PUT
    path: /v1/blobs/{blob}
    upload: [application/octet-stream]
    params:
      - {name: blob, kind: id, safe: true}
`

// storage is a tool that takes files; it says what has come so far.
type storage struct {
	came chan int // bytes, as they come
	done chan int // of a whole request
}

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	total, piece := 0, make([]byte, 32<<10)
	for {
		n, err := r.Body.Read(piece)
		total += n
		if n > 0 && r.Method == http.MethodPut {
			select {
			case s.came <- total:
			default:
			}
		}
		if err != nil {
			break
		}
	}
	w.Header().Set("content-type", "application/json")
	_, _ = io.WriteString(w, `{"ok":true}`)
	s.done <- total
}

// TestBodies: what is checked is bounded before anybody asks, by path and host;
// an upload streams past the check, and nothing else does.
func TestBodies(t *testing.T) {
	s := &storage{came: make(chan int, 1), done: make(chan int, 16)}
	tool := httptest.NewServer(s)
	defer tool.Close()
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) {
		acme := filepath.Join(tenants, "acme")
		if err := os.MkdirAll(filepath.Join(acme, "catalogs"), 0o700); err != nil {
			t.Fatal(err)
		}
		appendTo(t, filepath.Join(acme, "catalogs", "files.yaml"), filesCatalog)
		appendTo(t, filepath.Join(acme, "tools.yaml"), "  - {name: files, catalog: files, origin: \""+tool.URL+"\", private: true, credential: {secret: stripe_key, scheme: bearer}}\n")
		appendTo(t, filepath.Join(acme, "policy.csv"), "\np, billing, files.*, true, allow, -\n")
	}})
	bearer := []string{"authorization", "Bearer " + r.Token(rig.Billing("acme", "cus_ada"))}
	typed := func(media string) []string { return append([]string{"content-type", media}, bearer...) }
	for name, tt := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		says               string
	}{
		"64 KiB of what is small":            {"POST", "/stripe/v1/refunds", strings.Repeat("a", 64<<10), typed("application/x-www-form-urlencoded"), 413, "At most 16384 bytes"},
		"a byte more":                        {"POST", "/stripe/v1/refunds", strings.Repeat("a", 64<<10+1), typed("application/x-www-form-urlencoded"), 413, "The body of this request is too large."},
		"a byte more, to nobody's tool":      {"POST", "/jira/rest", strings.Repeat("a", 64<<10+1), typed("application/json"), 413, "The body of this request is too large."},
		"a byte more, where it may be large": {"POST", "/files/v1/notes", text(64<<10 + 1), typed("application/json"), 200, ""},
		"1 MiB, where it may be large":       {"POST", "/files/v1/notes", text(1 << 20), typed("application/json"), 200, ""},
		"a byte more than 1 MiB":             {"POST", "/files/v1/notes", text(1<<20 + 1), typed("application/json"), 413, "The body of this request is too large."},
		"an upload":                          {"PUT", "/files/v1/blobs/b1", strings.Repeat("a", 3<<20), typed("application/octet-stream"), 200, ""},
		"an upload without a token":          {"PUT", "/files/v1/blobs/b1", strings.Repeat("a", 3<<20), []string{"content-type", "application/octet-stream"}, 401, "token_missing"},
		"an upload of another type":          {"PUT", "/files/v1/blobs/b1", `{"a":1}`, typed("application/json"), 415, "One of application/octet-stream"},
		"a call on the way of an upload":     {"POST", "/files/v1/blobs/b1", `{"a":1}`, typed("application/json"), 403, "action_unlisted"},
		"a longer path than an upload's":     {"PUT", "/files/v1/blobs/b1/x", `{"a":1}`, typed("application/json"), 403, "action_unlisted"},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, r, tt.method, tt.path, tt.body, tt.headers...)
			if got.status != tt.status || !strings.Contains(got.body, tt.says) || got.decision() == "" {
				t.Fatalf("%d %s", got.status, got.body)
			}
			if got.status == http.StatusOK {
				if n := <-s.done; n != len(tt.body) {
					t.Errorf("%d of %d bytes reached the tool", n, len(tt.body))
				}
			}
			if len(s.done) > 0 {
				t.Errorf("%d bytes reached the tool", <-s.done)
			}
		})
	}
	for _, host := range []string{"", "files.sallyport.localhost"} {
		t.Run("an upload streams to "+host, func(t *testing.T) { streams(t, r, s, host, bearer[1]) })
	}
}

// text is a note of exactly some bytes.
func text(size int) string {
	const head, tail, full = `{"texts":["`, `"]}`, 60_000
	var b strings.Builder
	b.WriteString(head)
	for size-b.Len()-len(tail) > full {
		b.WriteString(strings.Repeat("a", full-100))
		b.WriteString(`","`)
	}
	b.WriteString(strings.Repeat("a", size-b.Len()-len(tail)) + tail)
	return b.String()
}

// streams sends the second half only after the first has reached the tool.
func streams(t *testing.T, r *rig.Rig, s *storage, host, credential string) {
	body, writer := io.Pipe()
	path := "/files/v1/blobs/b2"
	if host != "" {
		path = "/v1/blobs/b2"
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://"+r.Addresses().Agent+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	request.Header.Set("authorization", credential)
	request.Header.Set("content-type", "application/octet-stream")
	half := bytes.Repeat([]byte("a"), 512<<10)
	for len(s.came) > 0 {
		<-s.came
	}
	go func() {
		_, _ = writer.Write(half)
		select {
		case <-s.came:
			_, _ = writer.Write(half)
			_ = writer.Close()
		case <-time.After(20 * time.Second):
			_ = writer.CloseWithError(errors.New("nothing of the first half reached the tool"))
		}
	}()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if n := <-s.done; response.StatusCode != http.StatusOK || n != 2*len(half) {
		t.Errorf("status %d, %d bytes", response.StatusCode, n)
	}
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
