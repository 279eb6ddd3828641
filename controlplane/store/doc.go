// Package store reads tenants from where they are kept: today a folder with one
// folder a tenant. It looks for changes by content, which works on every file
// system, and takes a change only when it has looked the same twice, so that a
// half-written save is never a version.
package store
