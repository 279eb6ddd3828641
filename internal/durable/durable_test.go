package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/durable"
)

func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for _, text := range []string{"one", "two"} {
		if err := durable.Replace(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		is(t, path, text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	alone(t, path)
}

func TestReplaceThatFailsLeavesWhatWasThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil { // a folder cannot be replaced by a file
		t.Fatal(err)
	}
	if err := durable.Replace(path, []byte("one"), 0o600); err == nil {
		t.Error("a folder was replaced")
	}
	if _, err := os.Stat(filepath.Join(path, "full")); err != nil {
		t.Error(err)
	}
	alone(t, path)
	if err := durable.Replace(filepath.Join(path, "missing", "y"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

func TestOneOfManyCreates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	errs := make([]error, 8)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = durable.Create(path, []byte(strconv.Itoa(i)), 0o600) })
	}
	group.Wait()
	winners := 0
	for i, err := range errs {
		switch {
		case err == nil:
			winners++
			is(t, path, strconv.Itoa(i))
		case !errors.Is(err, fs.ErrExist):
			t.Error(err)
		}
	}
	if winners != 1 {
		t.Errorf("%d have made the file", winners)
	}
	alone(t, path)
}

func is(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("the file is %q, %v, not %q", got, err, want)
	}
}

// alone says that nothing was left beside a file.
func alone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}
