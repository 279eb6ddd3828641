package secret

import (
	"fmt"
	"log/slog"
)

const hidden = "[secret]"

// Value is a credential that does not print. The zero Value is empty.
//
// The text stands behind a pointer: package fmt calls no method of a Value in
// an unexported field of another struct, but prints what is in it.
type Value struct{ text *string }

// NewValue wraps a credential.
func NewValue(text string) Value { return Value{&text} }

// Reveal is the credential itself.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// String hides.
func (v Value) String() string { return hidden }

// GoString hides.
func (v Value) GoString() string { return hidden }

// Format hides, whatever the verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText hides, in JSON and YAML too.
func (v Value) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides.
func (v Value) LogValue() slog.Value { return slog.StringValue(hidden) }

// Name is how a tenant's tools.yaml speaks of a secret.
type Name struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
}
