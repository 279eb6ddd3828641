package daemon

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func listen(t *testing.T, path string) net.Listener {
	t.Helper()
	listener, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// leave makes a socket whose process is dead.
func leave(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestListenUnix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "a.sock")
	listener := listen(t, path)
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, info, err)
		}
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
}

func TestListenUnixReplacesOnlyTheDead(t *testing.T) {
	dir := t.TempDir()
	stale := filepath.Join(dir, "run", "stale.sock")
	leave(t, stale)
	listen(t, stale)

	file := filepath.Join(dir, "run", "notes.txt")
	if err := os.WriteFile(file, []byte("keep me"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ListenUnix(file); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("a file: %v", err)
	}
	if data, err := os.ReadFile(file); string(data) != "keep me" {
		t.Errorf("the file was lost: %v", err)
	}
}

// A process whose queue is full answers nobody, and is alive.
func TestListenUnixLeavesABusySocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "busy.sock")
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Close(fd) }()
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	waiting, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = waiting.Close() }()
	if _, err := ListenUnix(path); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("got %v", err)
	}
}

func TestListenUnixRefuses(t *testing.T) {
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ path, hint string }{
		"folder of everybody": {filepath.Join(open, "a.sock"), "chmod 700"},
		"path too long":       {filepath.Join(t.TempDir(), strings.Repeat("d", 108), "a.sock"), "shorter folder"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ListenUnix(tt.path); err == nil || !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Of many that start at once over a dead one's socket, one gets it and keeps it.
func TestListenUnixAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.sock")
	for range 20 {
		leave(t, path)
		listeners := make([]net.Listener, 6)
		var group sync.WaitGroup
		for i := range listeners {
			group.Add(1)
			go func() {
				defer group.Done()
				listeners[i], _ = ListenUnix(path)
			}()
		}
		group.Wait()
		got := 0
		for _, l := range listeners {
			if l == nil {
				continue
			}
			got++
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if got != 1 {
			t.Fatalf("%d got the socket", got)
		}
	}
}

// A connection whose peer is not known to be our own user is closed.
func TestAcceptClosesStrangers(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := (&ownListener{tcp}).Accept()
		done <- err
	}()
	conn, err := net.Dial("tcp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(conn); err != nil || len(data) > 0 {
		t.Errorf("%q %v", data, err)
	}
	if err := tcp.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err == nil {
		t.Error("it was accepted")
	}
}
