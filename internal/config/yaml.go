package config

import (
	"bytes"
	"errors"
	"io"
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

// addYAML turns a YAML error into one problem a line, "file: line N: …".
func addYAML(problems *Problems, file string, err error) {
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		for _, line := range typed.Errors {
			problems.Add(file, line, nil)
		}
		return
	}
	problems.Add(file, strings.TrimPrefix(err.Error(), "yaml: "), nil)
}
