// Package testkit is what the tests of all packages share: a log that can be
// read while it is written, waiting without sleeping, free addresses. Only tests
// and their rigs import it.
package testkit
