// Package daemon is what every process of the gateway needs: sockets that only
// its own user can use, servers with sane bounds, a log that never prints a
// gateway token, and no core dumps.
package daemon
