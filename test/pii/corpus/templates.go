package corpus

import "slices"

// template is a document with placeholders, see text.go, and the forms it may
// be written in.
type template struct {
	media   string
	chinese bool
	forms   []string
	text    string
}

// The forms by what a template is. Values that Chinese characters spell have no
// full-width or percent form that anybody writes inside JSON.
var (
	jsonForms = []string{"plain", "plain", "escaped", "ascii", "zero-width", "full-width", "in-string", "twice", "events", "base64"}
	textForms = []string{"plain", "plain", "full-width", "zero-width", "no-break", "entities", "percent", "comment", "comment", "in-string", "events", "base64"}
	hanForms  = []string{"plain", "plain", "zero-width", "full-width", "comment", "comment", "in-string", "events", "base64"}
	plainOnly = []string{"plain"}
)

var templates = [...][]template{
	Open: slices.Concat(openJSON, openText, openNames),
	Held: slices.Concat(heldJSON, heldText, heldNames),
}
