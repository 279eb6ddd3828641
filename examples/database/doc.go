// Package database is a small internal database of customers and orders behind
// an MCP server, as a company may have one: agents reach it by a few named
// queries, never by SQL. It stands for a program outside of the gateway and
// knows nothing of it.
//
// The people are invented. Names, e-mail addresses and telephone numbers stand
// in fields and in prose, so that a mask has something real to find.
package database
