package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// Decode reads one YAML document of the named file into into, a pointer to a
// struct. Unknown and repeated keys, wrong types and a second document are
// problems; into is only to be used when none is returned. An empty file
// leaves into as it was.
func Decode(file string, data []byte, into any) Problems {
	var problems Problems
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(into)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		addYAML(&problems, file, err)
		return problems
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		problems.Add(file, "must hold one YAML document", nil)
	}
	return problems
}

// anonymous is how YAML names a Go type that has no name: its source text, which
// says nothing to whoever wrote the file.
var anonymous = regexp.MustCompile(`(?s) (in type|into) struct \{.*\}$`)

// addYAML turns a YAML error into one problem a line, "file: line N: …".
func addYAML(problems *Problems, file string, err error) {
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		for _, line := range typed.Errors {
			problems.Add(file, anonymous.ReplaceAllString(line, ""), nil)
		}
		return
	}
	problems.Add(file, strings.TrimPrefix(err.Error(), "yaml: "), nil)
}
