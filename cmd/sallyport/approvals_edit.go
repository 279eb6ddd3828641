package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/sallyport/sallyport/approvald/desk"
)

type approvalsEdit struct {
	deskFlags
	ID   string            `arg:"" help:"The approval, int_…"`
	Set  map[string]string `help:"An argument and what it is to be, like body=TEXT; may be given again." mapsep:"none" placeholder:"NAME=TEXT"`
	File map[string]string `help:"An argument and the file with what it is to be; - is the standard input." mapsep:"none" placeholder:"NAME=PATH"`
}

// Run changes what waits: somebody else approves it then.
func (c *approvalsEdit) Run(s *surroundings) error {
	set, err := c.texts(s)
	if err != nil {
		return err
	}
	api, item, err := c.item(s, c.ID)
	if err != nil {
		return err
	}
	if err := api.call(s.ctx, http.MethodPost, "/api/v1/intents/"+c.ID+"/edit", desk.EditBody{Digest: item.Digest, Set: set}, &item); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, item)
	}
	if _, err := fmt.Fprintf(s.stdout, "%s is %s, changed: %s. It needs %s; those who changed it do not count.\n", item.ID, item.State, plain(item.Summary), needs(item)); err != nil {
		return err
	}
	return printTable(s.stdout, changed(item))
}

// texts are what is to be set, by name of the argument.
func (c *approvalsEdit) texts(s *surroundings) (map[string]string, error) {
	set := map[string]string{}
	for name, text := range c.Set {
		set[name] = text
	}
	for name, path := range c.File {
		if _, twice := set[name]; twice {
			return nil, fmt.Errorf("%s is given twice: --set and --file", name)
		}
		text, err := readText(s, path)
		if err != nil {
			return nil, fmt.Errorf("--file %s: %w", name, err)
		}
		set[name] = text
	}
	if len(set) == 0 {
		return nil, errors.New("say what is to be changed: --set body=TEXT, or --file body=PATH. `sallyport approvals show` lists what may be")
	}
	return set, nil
}

// readText reads a file without the end of its last line, which editors write.
func readText(s *surroundings, path string) (string, error) {
	var data []byte
	var err error
	if path == "-" {
		data, err = io.ReadAll(s.stdin)
	} else {
		data, err = os.ReadFile(path) // #nosec G304 -- the file that the person names
	}
	return strings.TrimSuffix(string(data), "\n"), err
}

// changed are the differences that people made: [-old-] and {+new+}.
func changed(item desk.Item) [][]string {
	var rows [][]string
	for _, e := range item.Edits {
		rows = append(rows, []string{"CHANGED BY", e.Person + ", " + due(e.At)})
	}
	for _, c := range item.Changes {
		var b strings.Builder
		for _, p := range c.Parts {
			switch p.Kind {
			case "old":
				b.WriteString("[-" + p.Text + "-]")
			case "new":
				b.WriteString("{+" + p.Text + "+}")
			default:
				b.WriteString(p.Text)
			}
		}
		rows = append(rows, []string{"changed." + c.Name, b.String()})
	}
	return rows
}

// editable are the names of what people may change.
func editable(item desk.Item) string {
	names := make([]string, len(item.Editable))
	for i, d := range item.Editable {
		names[i] = d.Name
	}
	return strings.Join(names, ", ")
}
