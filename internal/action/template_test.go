package action

import (
	"strings"
	"testing"
)

// Two actions may share a path up to a suffix: no argument has a dot in it.
func TestActionsApartByASuffix(t *testing.T) {
	second := "    params: [{name: pet, kind: id, prefixes: [pet_], safe: true}]\n  - name: pets.file\n    summary: Read the file of {pet}\n    method: GET\n" +
		"    path: /pets/{pet}.pdf\n    params: [{name: pet, kind: id, prefixes: [pet_], safe: true}]\n"
	source := strings.Replace(pets, "    params: [{name: pet, kind: id, prefixes: [pet_], safe: true}]\n", second, 1)
	c := compiled(t, source)
	for path, want := range map[string]string{"/pets/pet_1": "pets.get", "/pets/pet_1.pdf": "pets.file"} {
		call, _, mismatch := c.Match(Request{Method: "GET", Path: path})
		if mismatch != nil || call.Action != want || call.Args["pet"].Text != "pet_1" {
			t.Errorf("%s is %s %v, %v", path, call.Action, call.Args, mismatch)
		}
	}
}
