package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// listen opens the address. One beyond this machine needs the named setting,
// because passwords and records cross it in clear.
func listen(ctx context.Context, address string, remote bool) (net.Listener, error) {
	if !remote && !loopback(address) {
		return nil, fmt.Errorf("--listen %s reaches beyond this machine without TLS: use 127.0.0.1, or say --allow-remote", address)
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; is another engine running? choose another port with --listen", address, err)
	}
	return listener, nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
