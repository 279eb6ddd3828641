// Package resource builds Envoy's configuration: the bootstrap with its two
// listeners, and for each tenant one scope with its routes. It is pure: the same
// input gives the same bytes. chain.go alone fixes the order of the filters.
package resource
