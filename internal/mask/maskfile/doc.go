// Package maskfile reads a tenant's mask.yaml.
//
// It owns the file's schema, which docs/reference/mask.md describes, and turns
// it into one mask.Policy a tool. It stands apart from internal/mask because
// that package runs inside Envoy and knows no YAML.
//
// A file with a problem gives no rules: whoever loads it keeps the bundle
// before. An absent or empty file masks everything for every tool. There is no
// setting that turns the mask off.
package maskfile
