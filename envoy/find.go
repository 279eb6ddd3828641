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

// Find returns Envoy's path: $ENVOY, else the right version on PATH, else the
// one in the folder of downloaded parts.
func Find(ctx context.Context, cache string) (string, error) {
	if path := os.Getenv("ENVOY"); path != "" {
		if err := check(ctx, path); err != nil {
			return "", fmt.Errorf("$ENVOY: %w", err)
		}
		return path, nil
	}
	if path, err := exec.LookPath("envoy"); err == nil && check(ctx, path) == nil {
		return path, nil
	}
	path := filepath.Join(cache, "envoy", "envoy")
	if err := check(ctx, path); err != nil {
		return "", fmt.Errorf("there is no Envoy %s: run `make deps` to download it, or set ENVOY to its path (%w)", Version, err)
	}
	return path, nil
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
