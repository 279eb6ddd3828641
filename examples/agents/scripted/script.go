package scripted

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// Script is what the model does, whatever it is shown.
type Script struct {
	Steps []Step `json:"steps"`
}

// Step is one turn of the model: a call of a tool, or its last words.
type Step struct {
	Call string         `json:"call,omitempty"` // the tool's name
	With map[string]any `json:"with,omitempty"` // its arguments
	Say  string         `json:"say,omitempty"`

	// Before runs once, when the model's turn comes: for what tests change between
	// two calls.
	Before func() `json:"-"`
}

// Load reads a script: {"steps": [{"call": "…", "with": {…}}, {"say": "…"}]}.
func Load(file string) (Script, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Script{}, err
	}
	var s Script
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Script{}, fmt.Errorf("%s: %w", file, err)
	}
	return s, s.check(file)
}

func (s Script) check(file string) error {
	for i, step := range s.Steps {
		last := i == len(s.Steps)-1
		if (step.Call == "") == (step.Say == "") || last != (step.Say != "") {
			return fmt.Errorf("%s: step %d: every step has a call, and the last one says something instead", file, i+1)
		}
	}
	if len(s.Steps) == 0 {
		return fmt.Errorf("%s: a script needs steps", file)
	}
	return nil
}
