package extauthz

import (
	"log/slog"
	"runtime/debug"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/sallyport/sallyport/extauthz/unary"
)

// checker is one of the two checks.
type checker interface {
	check(c check) (reply, error)
}

// NewServer serves a check to Envoy.
func NewServer(of checker, logger *slog.Logger) *unary.Server {
	return unary.New(authv3.Authorization_Check_FullMethodName, func(dst, message []byte) ([]byte, error) {
		return handle(dst, message, of, logger)
	})
}

// handle answers one Check. A fault in it fails that call alone, which Envoy takes
// for a refusal.
func handle(dst, message []byte, of checker, logger *slog.Logger) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			logger.Error("A call panicked", "method", authv3.Authorization_Check_FullMethodName, "panic", p, "stack", string(debug.Stack()))
			out, err = nil, status.Error(codes.Internal, "internal error")
		}
	}()
	in, _ := checks.Get().(*check)
	defer in.release()
	if err := in.decode(string(message)); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	answer, err := of.check(*in)
	if err != nil {
		return nil, err
	}
	dst = append(dst, answer...)
	buffer := []byte(answer)
	replies.Put(&buffer)
	return dst, nil
}
