package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// Tool is what a server says about one of its tools.
type Tool struct {
	Name        string
	Description string
	Digest      string // "sha256:<hex>", what a catalog pins
}

// ReadTool reads a tool of tools/list. Its digest is over what a model is told
// and what a call may hold: name, description, inputSchema, annotations and
// outputSchema, as JSON with sorted keys and without white space.
func ReadTool(raw json.RawMessage) (Tool, error) {
	var members map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // a bound of a schema keeps its spelling
	if err := dec.Decode(&members); err != nil {
		return Tool{}, errors.New("a tool is not to be read")
	}
	name, ok := members["name"].(string)
	if !ok || name == "" {
		return Tool{}, errors.New("a tool has no name")
	}
	description, _ := members["description"].(string)
	reviewed := map[string]any{}
	for _, key := range []string{"name", "description", "inputSchema", "annotations", "outputSchema"} {
		if value, given := members[key]; given && value != nil {
			reviewed[key] = value
		}
	}
	canonical, err := marshal(reviewed)
	if err != nil {
		return Tool{}, errors.New("a tool is not to be written")
	}
	sum := sha256.Sum256(canonical)
	return Tool{Name: name, Description: description, Digest: "sha256:" + hex.EncodeToString(sum[:])}, nil
}

// marshal writes JSON with sorted keys and without escapes for HTML.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte{'\n'}), nil
}
