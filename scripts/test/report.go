package main

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64
	Output     string
}

// report collects events and prints what a person needs.
type report struct {
	out      io.Writer
	output   map[string]*strings.Builder // of what is running, by package and test
	tests    map[string]int              // by action
	packages map[string]int
	failed   []string
	skipped  []string
}

func newReport(out io.Writer) *report {
	return &report{out: out, output: map[string]*strings.Builder{}, tests: map[string]int{}, packages: map[string]int{}}
}

func (r *report) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		if r.output[key] == nil {
			r.output[key] = &strings.Builder{}
		}
		r.output[key].WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e, key)
		}
		delete(r.output, key)
	}
}

func (r *report) endTest(e event, key string) {
	r.tests[e.Action]++
	switch e.Action {
	case "fail":
		r.failed = append(r.failed, key)
		r.print(key)
	case "skip":
		r.skipped = append(r.skipped, key)
		r.print(key)
	}
}

func (r *report) endPackage(e event) {
	r.packages[e.Action]++
	word := map[string]string{"pass": "ok  ", "fail": "FAIL", "skip": "none"}[e.Action]
	fmt.Fprintf(r.out, "%s  %s  %.1fs\n", word, e.Package, e.Elapsed)
	if e.Action == "fail" {
		r.failed = append(r.failed, e.Package)
		// What tests of a package that broke off had printed.
		for key := range r.output {
			if strings.HasPrefix(key, e.Package+" ") {
				r.print(key)
			}
		}
	}
}

func (r *report) print(key string) {
	if text := r.output[key]; text != nil {
		fmt.Fprint(r.out, text.String())
	}
}

// close prints the summary and tells whether everything ran and passed.
func (r *report) close() bool {
	r.list("failed", r.failed)
	r.list("skipped, which counts as failed", r.skipped)
	fmt.Fprintf(r.out, "\npackages: %d passed, %d failed, %d without tests\n", r.packages["pass"], r.packages["fail"], r.packages["skip"])
	fmt.Fprintf(r.out, "tests: %d passed, %d failed, %d skipped\n", r.tests["pass"], r.tests["fail"], r.tests["skip"])
	return len(r.failed) == 0 && len(r.skipped) == 0
}

func (r *report) list(title string, names []string) {
	if len(names) == 0 {
		return
	}
	sort.Strings(names)
	fmt.Fprintf(r.out, "\n%s:\n  %s\n", title, strings.Join(names, "\n  "))
}
