// Package ads serves Envoy its configuration as deltas on one stream. A change
// that Envoy refuses is taken back to the last one it accepted, and its stream
// is ended: Envoy reconnects with what it really has, and only what is missing
// is sent. Whoever serves must have published first: an empty control plane
// takes every route away.
package ads
