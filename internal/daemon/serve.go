package daemon

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// Bounds of an HTTP server. There is no write timeout: a held call is a slow
// answer.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	drainFor      = 5 * time.Second
)

// Envoy sends keepalives every few seconds; grpc-go takes more than one in five
// minutes for an attack and closes the connection with every call on it, unless
// it is told otherwise.
const leastPing = 5 * time.Second

// GRPCServerOptions are what every gRPC server of the gateway uses.
func GRPCServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: leastPing, PermitWithoutStream: true}),
		grpc.MaxConcurrentStreams(1 << 16),
		grpc.MaxRecvMsgSize(16 << 20),
		// What a handler uses may be closed once Stop has returned.
		grpc.WaitForHandlers(true),
	}
}

// ServeHTTP serves until ctx ends, then gives requests on their way five
// seconds and cuts off the rest. It closes the listener and returns when no
// handler runs any more, so that what they use can be closed. A clean end is nil.
func ServeHTTP(ctx context.Context, listener net.Listener, handler http.Handler) error {
	var running sync.WaitGroup
	defer running.Wait()
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		handler.ServeHTTP(w, r)
	})
	server := &http.Server{
		Handler: counted, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		_ = server.Close()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
