// Package house holds the rules of the house that a compiler does not: who may
// import whom, what pure packages never touch, what no file mentions, and that
// commands in documents exist.
package house
