package egress

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestPublic(t *testing.T) {
	for text, want := range map[string]bool{
		"93.184.216.34": true, "2606:4700::1111": true, "::ffff:93.184.216.34": true,
		"127.0.0.1": false, "::1": false, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false, "fd00::1": false, "fe80::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::": false,
		"64:ff9b:1::a00:1": false, "2001:0:7f00:1::": false, "2001:4860:4860::8888": true,
		"::a00:1": false, "::ffff:0:a00:1": false, "fec0::1": false, "100::1": false, "192.88.99.1": false, "fe80::1%lo": false, "2606:4700::1111%lo": false, "64:ff9b::a00:1%lo": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// A name is judged by where it leads, and a redirect is an answer.
func TestClient(t *testing.T) {
	server := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/elsewhere", http.StatusFound))
	defer server.Close()
	get := func(loopback bool, address string) (int, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := Client(loopback, time.Second).Do(request)
		if err != nil {
			return 0, err
		}
		_ = response.Body.Close()
		return response.StatusCode, nil
	}
	if status, err := get(true, server.URL); status != http.StatusFound {
		t.Errorf("loopback, allowed: %d %v", status, err)
	}
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1)} {
		if _, err := get(false, address); !errors.Is(err, ErrInside) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := get(true, "http://192.0.2.1/"); !errors.Is(err, ErrInside) {
		t.Errorf("a loopback client goes out: %v", err)
	}
}

// An answer is as large as anybody reads, and no larger.
func TestAnswersAreBounded(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		if r.URL.Path == "/header" {
			w.Header().Set("x-long", strings.Repeat("x", size))
			return
		}
		_, _ = w.Write(make([]byte, size))
	}))
	defer server.Close()
	for address, fits := range map[string]bool{
		"/header?size=60000": true, "/header?size=70000": false, "/body?size=8388608": true, "/body?size=8388609": false,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := Client(true, time.Minute).Do(request)
		if err == nil {
			_, err = io.ReadAll(response.Body)
			_ = response.Body.Close()
		}
		if (err == nil) != fits {
			t.Errorf("%s: %v", address, err)
		}
	}
}
