package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/surrogate"
)

// testMemory proves that what answers leave behind is collected. Each is of another
// session, which is the most that one can leave: 14 KiB. It MUST run first, while the
// module has not had much memory yet.
func testMemory(t *testing.T, p *proxy) {
	const answers, most = 4000, 32 << 20 // the answers leave 56 MiB
	before := p.resident(t)
	p.askMany(t, answers)
	if grown := p.resident(t) - before; grown > most {
		t.Errorf("Envoy grew by %d MiB", grown>>20)
	}
}

// askMany asks four times at once until there are n answers, each of another session.
func (p *proxy) askMany(t *testing.T, n int) {
	t.Helper()
	client := &http.Transport{MaxIdleConnsPerHost: 4}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	for worker := range byte(4) {
		all.Go(func() {
			for i := range n / 4 {
				key := surrogate.Key{Version: 1, Bytes: [32]byte{byte(i), byte(i >> 8), worker}}
				if err := ask(t.Context(), client, p.urls["mask"]+"/default/missing", surrogate.Scope{Key: key, Tool: "zendesk"}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

func ask(ctx context.Context, client *http.Transport, url string, scope surrogate.Scope) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set(scopeHeader, scope.Header())
	res, err := client.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && !strings.Contains(string(body), "[email:") {
		err = fmt.Errorf("no surrogate in %s", body)
	}
	return err
}

// resident is how much memory Envoy has, in bytes.
func (p *proxy) resident(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
