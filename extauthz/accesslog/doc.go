// Package accesslog receives what Envoy saw of each request and records it. It
// is telemetry: Envoy drops entries while nobody receives them, and so does a
// full spool. What was decided stands in the decisions, written before.
package accesslog
