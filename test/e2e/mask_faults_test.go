package e2e

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// TestMaskFaults has a tool answer wrongly in every way, behind the whole gateway:
// an agent never reads a byte of such an answer, and always what became of it.
func TestMaskFaults(t *testing.T) {
	var fault atomic.Pointer[http.HandlerFunc]
	tool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("content-type", "application/json")
		(*fault.Load())(w, r)
	}))
	t.Cleanup(tool.Close)
	r := rig.Start(t, rig.Options{Origin: strings.TrimPrefix(tool.URL, "http://")})
	token := "Bearer " + r.Token(rig.Billing("acme", "cus_ada"))
	const planted = "ann.lee@example.com"
	say := func(media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("content-type", media)
			_, _ = io.WriteString(w, body)
		}
	}
	size := func(n int) string { return `["` + strings.Repeat(planted+" ", n/(len(planted)+1)) + `"]` }
	for name, c := range map[string]struct {
		tool   http.HandlerFunc
		status int
		says   string
	}{
		"compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("content-encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, size(100))
			_ = z.Close()
		}, 502, "plain JSON answer"},
		"of another type":      {say("application/pdf", planted), 502, "plain JSON answer"},
		"in another charset":   {say("text/plain; charset=gb18030", planted), 502, "plain JSON answer"},
		"a character cut":      {say("application/json", `["`+planted+" \xe5\xbc"), 502, "withheld"},
		"a value cut":          {say("application/json", `["`+planted), 502, "withheld"},
		"over the limit":       {say("application/json", size(3<<20)), 502, "withheld"},
		"five mebibytes":       {say("application/json", size(5<<20)), 502, "too large"},
		"under the limit":      {say("application/json", `["`+planted+`", "`+strings.Repeat("plain ", (2<<20-100)/6)+`"]`), 200, "[email:"},
		"broken off at once":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 503, "answer_lost"},
		"broken off in a body": {breakOff(planted, "1000000"), 503, "answer_lost"},
		"broken off, chunked":  {breakOff(planted, ""), 503, "answer_lost"},
		"an error": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, `{"error":"`+planted+`"}`)
		}, 409, "[email:"},
		"the credential": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"you sent":"`+r.Header.Get("authorization")+`","`+planted+`":1}`)
		}, 200, "[secret]"},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Store(&c.tool)
			got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", token)
			if got.status != c.status || !strings.Contains(got.body, c.says) || strings.Contains(got.body, "ann.lee") || strings.Contains(got.body, "sk_test_") {
				t.Errorf("status %d, %d bytes: %.300q", got.status, len(got.body), got.body)
			}
		})
	}
}

// breakOff ends the connection in the middle of an answer.
func breakOff(text, length string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if length != "" {
			w.Header().Set("content-length", length)
		}
		_, _ = io.WriteString(w, `["`+text)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}
