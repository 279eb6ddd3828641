package e2e

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/wire"
)

// TestMaskFaults has a tool answer wrongly in every way, behind the whole gateway:
// an agent never reads a byte of such an answer, and always what became of it.
func TestMaskFaults(t *testing.T) {
	var fault atomic.Pointer[http.HandlerFunc]
	tool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name := range r.Header {
			if strings.HasPrefix(strings.ToLower(name), wire.Prefix) {
				t.Errorf("the tool got %s", name)
			}
		}
		w.Header().Set("content-type", "application/json")
		(*fault.Load())(w, r)
	}))
	t.Cleanup(tool.Close)
	r := rig.Start(t, rig.Options{Origin: strings.TrimPrefix(tool.URL, "http://"), Change: func(c *up.Config) { c.MaskModule = faultyMask(t) }})
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
		"the credential alone": {func(w http.ResponseWriter, r *http.Request) {
			_, key, _ := strings.Cut(r.Header.Get("authorization"), " ")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":{"message":"Not a key of ours: `+key+`, `+planted+`"}}`)
		}, 401, "Not a key of ours: [secret], [email:"},
	} {
		t.Run(name, func(t *testing.T) {
			fault.Store(&c.tool)
			got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", token)
			if got.status != c.status || !strings.Contains(got.body, c.says) || strings.Contains(got.body, "ann.lee") || strings.Contains(got.body, "sk_test_") {
				t.Errorf("status %d, %d bytes: %.300q", got.status, len(got.body), got.body)
			}
		})
	}
	set := func(h http.HandlerFunc) { fault.Store(&h) }
	t.Run("unseen", func(t *testing.T) { testUnseen(t, r, token, set) })
	t.Run("end", func(t *testing.T) { testEnd(t, r, token, set) })
	t.Run("spin", func(t *testing.T) { testSpin(t, r, token, set) })
	// What Envoy and V8 say when they end is searched too.
	t.Run("the session's key", func(t *testing.T) { keyStaysInside(t, r, rig.Billing("acme", "cus_ada")) })
}

// testEnd: an answer that panics the mask, and one that ends its module, are withheld,
// and the next is masked.
func testEnd(t *testing.T, r *rig.Rig, token string, tool func(http.HandlerFunc)) {
	for _, word := range []string{"crash now", "grow now"} {
		tool(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `["ann.lee@example.com", "`+word+`"]`)
		})
		if got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", token); got.status < 500 || strings.Contains(got.body, "ann.lee") {
			t.Errorf("%s: %d %.300q", word, got.status, got.body)
		}
		tool(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `["bob.lee@example.com"]`) })
		testkit.Eventually(t, "the mask is there again after "+word, func() bool {
			got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", token)
			return got.status == http.StatusOK && strings.Contains(got.body, "[email:")
		})
	}
}

// faultyMask builds the mask with faults that answers ask for.
func faultyMask(t *testing.T) string {
	t.Helper()
	module := filepath.Join(t.TempDir(), "crash.wasm")
	testkit.BuildModule(t, module, "../../wasm/testdata/crash")
	return module
}

// testUnseen: what is masked is counted by type, and an answer that the mask says
// nothing about is an alarm, in the log and in the metrics.
func testUnseen(t *testing.T, r *rig.Rig, token string, tool func(http.HandlerFunc)) {
	read := func() answer {
		return call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", token)
	}
	tool(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `["DE89370400440532013000"]`) })
	read()
	testkit.Eventually(t, "an IBAN is counted", func() bool { return r.Metric(t, `sallyport_masked_values_total{type="iban"}`) == 1 })
	const missing = "sallyport_mask_reports_missing_total" // by now of all that went before
	before := r.Metric(t, missing)
	tool(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 5<<20)) })
	read() // Envoy refuses it before the mask could, which is no alarm
	tool(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("x-unseen", "1") })
	got := read()
	testkit.Eventually(t, "the log tells of the alarm", func() bool {
		return strings.Contains(r.Log.String(), `"msg":"An answer left without a report of the mask: it does not stand in the way, or it could not report","decision":"`+got.decision())
	})
	if n := r.Metric(t, missing) - before; n != 1 {
		t.Errorf("%v alarms are counted, want that of the one answer that left", n)
	}
}

// testSpin: a filter that never ends is ended, with nothing of the answer sent, and
// the gateway comes back.
func testSpin(t *testing.T, r *rig.Rig, token string, tool func(http.HandlerFunc)) {
	read := func() (string, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // ends a hang
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.Addresses().Agent+"/stripe/v1/charges?customer=cus_ada", nil)
		if err != nil {
			return "", err
		}
		request.Header.Set("authorization", token)
		response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
		if err != nil {
			return "", err
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		return string(body), err
	}
	tool(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `["ann.lee@example.com", "spin now"]`)
	})
	if body, err := read(); err == nil || body != "" {
		t.Fatalf("a filter that never ends let %q out, %v", body, err)
	}
	tool(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `["bob.lee@example.com"]`) })
	testkit.Eventually(t, "Envoy is started again, and masks", func() bool {
		body, err := read()
		return err == nil && strings.Contains(r.Log.String(), "envoy ended (signal: aborted); it is started again") && strings.Contains(body, "[email:")
	})
	log := r.Log.String()
	if strings.Contains(log, "sk_test_") || strings.Contains(log, "'authorization'") || strings.Contains(log, "lee@example.com") {
		t.Error("what Envoy says when it ends has requests in it")
	}
	if !strings.Contains(log, "envoy critical its state is left out of the log") {
		t.Error("nobody reads that something was left out")
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
