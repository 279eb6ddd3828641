// Package store reads tenants from where they are kept: today a folder with one
// folder a tenant. It asks the file system what changed and reads that; for file
// systems that do not say, it reads all of it again every few minutes. It takes a
// change only when it has looked the same twice, so that a half-written save is
// never a version.
package store
