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
		addYAML(&problems, file, data, err)
		return problems
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		problems.Add(file, "must hold one YAML document", nil)
	}
	return problems
}

// What YAML's errors look like, which name Go types and so say nothing to whoever
// wrote the file; and a line that a tab indents.
var (
	unknownKey = regexp.MustCompile(`^(line \d+): field (.+) not found in type `)
	wrongType  = regexp.MustCompile("(?s)^(line \\d+): cannot unmarshal !!\\w+(?: `(.*)`)? into (.*)$")
	tabIndent  = regexp.MustCompile(`(?m)^ *\t`)
)

// addYAML turns a YAML error into one problem a line, "file: line N: …".
func addYAML(problems *Problems, file string, data []byte, err error) {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		problems.Add(file, strings.TrimPrefix(err.Error(), "yaml: ")+tabHint(data, err), nil)
		return
	}
	for _, line := range typed.Errors {
		switch key, value := unknownKey.FindStringSubmatch(line), wrongType.FindStringSubmatch(line); {
		case key != nil:
			problems.Add(file+": "+key[1], "is no setting of this file", key[2])
		case value != nil && value[2] == "":
			problems.Add(file+": "+value[1], "must be "+inWords(value[3]), nil)
		case value != nil:
			problems.Add(file+": "+value[1], "must be "+inWords(value[3]), value[2])
		default:
			problems.Add(file, line, nil)
		}
	}
}

// tabHint says what YAML's own error about a tab does not.
func tabHint(data []byte, err error) string {
	if strings.Contains(err.Error(), "cannot start any token") && tabIndent.Match(data) {
		return "; indent with spaces, not with tabs"
	}
	return ""
}

// inWords is what a value of a Go type looks like in YAML.
func inWords(goType string) string {
	switch {
	case goType == "time.Duration":
		return "a time like 45s, 15m or 4h"
	case goType == "string":
		return "a text"
	case goType == "bool":
		return "true or false"
	case strings.HasPrefix(goType, "int"), strings.HasPrefix(goType, "uint"):
		return "a whole number"
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case strings.HasPrefix(goType, "map["), strings.HasPrefix(goType, "struct"):
		return "settings with their names"
	default:
		return "settings with their names, or a word of a closed list" // a type with a name of ours: which of the two, the message of the library does not tell
	}
}
