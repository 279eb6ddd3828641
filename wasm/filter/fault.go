package filter

import (
	"runtime"
	"strconv"
	"strings"
)

// fault is a panic of our own, said in words that hold nothing of an answer.
type fault string

// maxFrames is how much of the stack is told.
const maxFrames = 6

// describe says what panicked and where, in one line. It says nothing that may hold a
// piece of an answer: nothing of what is neither Go's nor ours.
func describe(panicked any) string {
	out := "untold"
	switch p := panicked.(type) {
	case fault:
		out = string(p)
	case runtime.Error:
		out = p.Error()
	}
	calls := make([]uintptr, 32)
	frames := runtime.CallersFrames(calls[:runtime.Callers(0, calls)])
	for told, panicking := 0, false; told < maxFrames; {
		frame, more := frames.Next()
		switch {
		case strings.HasPrefix(frame.Function, "runtime."):
			panicking = panicking || frame.Function == "runtime.gopanic"
		case panicking:
			out += " < " + frame.Function + ":" + strconv.Itoa(frame.Line)
			told++
		}
		if !more {
			break
		}
	}
	return out
}
