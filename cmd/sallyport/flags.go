package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/keyring"
)

// dataFlag names the gateway's data folder.
type dataFlag struct {
	Data string `help:"Folder of the gateway's keys, secrets, ledger and spool." default:".sallyport" env:"SALLYPORT_DATA" type:"path"`
}

// started refuses a folder that no gateway was started in. Commands that only
// look would otherwise make one, with keys of its own, and print what no gateway
// accepts.
func (f dataFlag) started() error {
	if info, err := os.Stat(filepath.Join(f.Data, "keys")); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no gateway's data in %s: start one with `make up`, or name its folder with --data", f.Data)
	}
	return nil
}

// ring are the keys of a gateway that was started before.
func (f dataFlag) ring() (*keyring.Ring, error) {
	if err := f.started(); err != nil {
		return nil, err
	}
	return keyring.Open(filepath.Join(f.Data, "keys"))
}

// tenantPattern is what a tenant's folder may be called.
var tenantPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

func checkTenant(name string) error {
	if !tenantPattern.MatchString(name) {
		return fmt.Errorf("--tenant must be a tenant's name, in a-z, 0-9 and '-' (got %q)", name)
	}
	return nil
}

// base is an address that a flag gives, without a slash at its end.
func base(flag, text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%s must be like http://127.0.0.1:10080 (got %q)", flag, text)
	}
	return strings.TrimRight(text, "/"), nil
}

// jsonFlag is part of every command that prints.
type jsonFlag struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// beside is a file in the folder of this binary: where `make build` puts the
// parts that belong together.
func beside(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}
