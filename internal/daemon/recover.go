package daemon

import (
	"context"
	"log/slog"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// RecoverPanics keeps a request from stopping the process: the call that panics
// fails with codes.Internal, which Envoy takes for a refusal, and the stack goes
// to the log. net/http does the same for its handlers by itself.
func RecoverPanics(logger *slog.Logger) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(func(ctx context.Context, in any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (out any, err error) {
			defer recovered(ctx, logger, info.FullMethod, &err)
			return next(ctx, in)
		}),
		grpc.ChainStreamInterceptor(func(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
			defer recovered(stream.Context(), logger, info.FullMethod, &err)
			return next(server, stream)
		}),
	}
}

func recovered(ctx context.Context, logger *slog.Logger, method string, err *error) {
	if p := recover(); p != nil {
		logger.ErrorContext(ctx, "A call panicked", "method", method, "panic", p, "stack", string(debug.Stack()))
		*err = status.Error(codes.Internal, "internal error")
	}
}
