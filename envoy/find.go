package envoy

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Version is the Envoy that everything here was proved with.
const Version = "1.40.0"

// FindOptions say where to look.
type FindOptions struct {
	Cache    string       // folder of downloaded parts
	Progress func(string) // one line a step
}

// Find returns Envoy's path: $ENVOY, else the right version on PATH, else the
// one in the cache, which it downloads when it is not there.
func Find(ctx context.Context, o FindOptions) (string, error) {
	if path := os.Getenv("ENVOY"); path != "" {
		if err := check(ctx, path); err != nil {
			return "", fmt.Errorf("$ENVOY: %w", err)
		}
		return path, nil
	}
	if path, err := exec.LookPath("envoy"); err == nil && check(ctx, path) == nil {
		return path, nil
	}
	path := filepath.Join(o.Cache, "envoy", "envoy")
	if check(ctx, path) == nil {
		return path, nil
	}
	o.Progress("downloading Envoy " + Version)
	if err := download(ctx, path); err != nil {
		return "", err
	}
	return path, check(ctx, path)
}

// check runs `envoy --version`.
func check(ctx context.Context, path string) error {
	out, err := exec.CommandContext(ctx, path, "--version").Output() //nolint:gosec // the operator names the program
	if err != nil {
		return fmt.Errorf("%s does not run: %w", path, err)
	}
	if !strings.Contains(string(out), "/"+Version+"/") {
		return fmt.Errorf("%s is not Envoy %s (it says %q)", path, Version, strings.TrimSpace(string(out)))
	}
	return nil
}
