// Package config reads configuration the same way everywhere: one YAML file a
// concern, unknown keys refused, and every mistake reported at once as
// `path: what is wrong (got value)`.
package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Problem is one mistake in a file that a person wrote.
type Problem struct {
	Path string // file and place: "limits.yaml: limits[0].window" or "policy.csv:3"
	What string // what is wrong and what would be right
	Got  string // the offending value; empty when there is none or it is a secret
}

// maxGot bounds how much of a value is repeated, in bytes.
const maxGot = 200

// String renders `path: what is wrong (got value)`, always as one line that a
// terminal can show: names of files and values are whatever somebody wrote.
func (p Problem) String() string {
	text := strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '?'
		}
		return r
	}, p.Path+": "+p.What)
	if p.Got == "" {
		return text
	}
	return text + " (got " + shown(p.Got) + ")"
}

// shown quotes a value that is not plain text and cuts one that is too long.
func shown(got string) string {
	cut := ""
	if len(got) > maxGot {
		got, cut = got[:maxGot], "…"
	}
	got = strings.ToValidUTF8(got, "?")
	if strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) }) {
		got = strconv.Quote(got)
	}
	return got + cut
}

// Problems are all mistakes of one load, in file order. Empty means none.
type Problems []Problem

// Add appends a problem; got is rendered with %v, and left out when it is nil.
func (ps *Problems) Add(path, what string, got any) {
	p := Problem{Path: path, What: what}
	if got != nil {
		p.Got = fmt.Sprintf("%v", got)
	}
	*ps = append(*ps, p)
}

// Error joins the problems, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Err is nil when there are no problems.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
