package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
)

// dataFlag names the gateway's data folder.
type dataFlag struct {
	Data string `help:"Folder of the gateway's keys, secrets, ledger and spool." default:".sallyport" env:"SALLYPORT_DATA" type:"path"`
}

// jsonFlag is part of every command that prints.
type jsonFlag struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// printJSON writes one indented document.
func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
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
