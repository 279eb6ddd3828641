// Package envoy finds Envoy 1.40.0, starts it and watches over it. Its
// configuration comes from controlplane/resource; nothing here knows a filter.
package envoy
