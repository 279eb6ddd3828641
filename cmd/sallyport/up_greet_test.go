package main

import (
	"path/filepath"
	"testing"
)

// Commands that are shown find the gateway that shows them.
func TestGreetNamesTheDataFolder(t *testing.T) {
	usual, err := filepath.Abs(".sallyport")
	if err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]string{usual: "", "/srv/sallyport": " --data /srv/sallyport"} {
		c := upCommand{gatewayFlags: gatewayFlags{dataFlag: dataFlag{Data: data}}}
		if got := c.dataHere(); got != want {
			t.Errorf("%s: %q", data, got)
		}
	}
}
