package extauthz

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/sallyport/sallyport/internal/daemon"
)

// checker is one of the two checks.
type checker interface {
	check(c check) (reply, error)
}

// NewServer serves a check to Envoy. Calls are handled by workers that keep
// their stacks: to grow a new one for each call costs as much as a decision.
func NewServer(of checker, logger *slog.Logger) *grpc.Server {
	options := append(daemon.GRPCServerOptions(), daemon.RecoverPanics(logger)...)
	options = append(options, grpc.ForceServerCodecV2(codec{}), grpc.NumStreamWorkers(uint32(max(8, 2*runtime.GOMAXPROCS(0)))))
	server := grpc.NewServer(options...)
	server.RegisterService(&service, of)
	return server
}

// service is Envoy's Authorization service with our own types of messages.
var service = grpc.ServiceDesc{
	ServiceName: authv3.Authorization_ServiceDesc.ServiceName,
	HandlerType: (*checker)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: authv3.Authorization_ServiceDesc.Methods[0].MethodName, Handler: handle}},
	Metadata:    authv3.Authorization_ServiceDesc.Metadata,
}

// handle is gRPC's MethodHandler.
//
//nolint:revive // gRPC says in which order
func handle(of any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
	in, _ := checks.Get().(*check)
	defer in.release()
	if err := decode(in); err != nil {
		return nil, err
	}
	info := &grpc.UnaryServerInfo{Server: of, FullMethod: authv3.Authorization_Check_FullMethodName}
	return intercept(ctx, in, info, func(context.Context, any) (any, error) {
		return of.(checker).check(*in) //nolint:forcetypeassert // gRPC holds it to HandlerType
	})
}

// codec reads checks and writes replies.
type codec struct{}

// Name is protobuf's: the bytes are the same.
func (codec) Name() string { return "proto" }

// Unmarshal reads a check; it copies the bytes once.
func (codec) Unmarshal(data mem.BufferSlice, into any) error {
	c, ok := into.(*check)
	if !ok {
		return fmt.Errorf("extauthz: a %T is no check", into)
	}
	var whole string
	if len(data) == 1 {
		whole = string(data[0].ReadOnlyData())
	} else {
		whole = string(data.Materialize())
	}
	return c.decode(whole)
}

// Marshal hands over a reply, which is encoded already.
func (codec) Marshal(value any) (mem.BufferSlice, error) {
	r, ok := value.(reply)
	if !ok {
		return nil, fmt.Errorf("extauthz: a %T is no reply", value)
	}
	out := []byte(r)
	return mem.BufferSlice{mem.NewBuffer(&out, replies)}, nil
}
