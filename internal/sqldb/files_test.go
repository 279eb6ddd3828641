package sqldb

import (
	"bytes"
	"os"
	"testing"
)

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	check(t, os.WriteFile(path, nil, 0o600))
	check(t, os.Chmod(path, mode))
}

func garbage(t *testing.T, path string) {
	t.Helper()
	check(t, os.WriteFile(path, bytes.Repeat([]byte("not a database "), 1000), 0o600))
}

func link(t *testing.T, from, to string) { t.Helper(); check(t, os.Symlink(from, to)) }
func mkdir(t *testing.T, path string)    { t.Helper(); check(t, os.MkdirAll(path, 0o700)) }
func remove(t *testing.T, path string)   { t.Helper(); check(t, os.RemoveAll(path)) }
