// Package accesslog records what Envoy saw of each request. It is telemetry: a
// full spool drops entries, and so does a full disk. What was decided stands in
// the decisions, written before.
package accesslog
