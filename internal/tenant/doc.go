// Package tenant turns a bundle of files into a compiled tenant. Each domain
// parses its own file; this package joins them, checks what one file says about
// another, and reports every mistake of the bundle at once.
//
// A compiled Tenant is immutable. Set holds the live ones: readers never wait,
// and a bundle with problems never replaces a tenant that works.
package tenant
