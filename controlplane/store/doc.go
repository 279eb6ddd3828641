// Package store reads tenants from where they are kept: today a folder with one
// folder a tenant. The kernel tells it where something changed; it asks the file
// system too, in turn, and oftener where the kernel cannot be relied upon, and it
// reads what changed. For file systems that do not say, it reads all of it again
// every few minutes. It takes a
// change only when it has looked the same twice, so that a half-written save is
// never a version.
package store
