// Package daemon is what every process of the gateway needs: sockets that only
// its own user can use, servers with sane bounds, a log that never prints a
// gateway token, and no core dumps.
//
// What cannot be made safe is an error at the start, with what to do about it.
package daemon
