package daemon

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestListenUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "a.sock")
	listener, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || dir.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", dir.Mode(), err)
	}
	go func() {
		if conn, err := listener.Accept(); err == nil {
			_, _ = conn.Write([]byte("x"))
			_ = conn.Close()
		}
	}()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(conn); err != nil || string(data) != "x" {
		t.Errorf("our own connection got %q %v", data, err)
	}
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("a second listener: %v", err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mknod(path, syscall.S_IFSOCK|0o600, 0); err != nil {
		t.Fatal(err)
	}
	again, err := ListenUnix(path)
	if err != nil {
		t.Fatalf("a socket nobody answers on: %v", err)
	}
	_ = again.Close()
}

func TestServeHTTPFinishesRequests(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	entered := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- ServeHTTP(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-ctx.Done()
			_, _ = io.WriteString(w, "done")
		}))
	}()
	got := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		got <- string(body)
	}()
	<-entered
	cancel()
	if text := <-got; text != "done" {
		t.Errorf("the request on its way got %q", text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestLoggerCutsTokensOut(t *testing.T) {
	var out bytes.Buffer
	log := Logger(&out, "debug")
	const token = "spgw_eyJhbGciOi.J9-_.abc"
	log.Info("got "+token, "header", "Bearer "+token, "error", errors.New("bad "+token), "list", []string{token})
	log.With("bound", token).Debug("x")
	if strings.Contains(out.String(), "eyJhbGciOi") || strings.Count(out.String(), "[redacted]") != 5 {
		t.Error(out.String())
	}
}

func TestNoCoreDumps(t *testing.T) {
	if err := NoCoreDumps(); err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil || limit.Max != 0 {
		t.Errorf("%+v %v", limit, err)
	}
}
