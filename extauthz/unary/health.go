package unary

import (
	"strings"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// healthMethod is what proxies ask that check whether a server is there.
const healthMethod = healthv1.Health_Check_FullMethodName

// health answers that the server and its service serve: it does from its first
// connection to its last. Watching is not implemented, as the protocol allows.
func (s *Server) health(dst, message []byte) ([]byte, error) {
	var asked healthv1.HealthCheckRequest
	if proto.Unmarshal(message, &asked) != nil {
		return nil, status.Error(codes.InvalidArgument, "this is no HealthCheckRequest")
	}
	if name := asked.GetService(); name != "" && !strings.HasPrefix(s.method, "/"+name+"/") {
		return nil, status.Error(codes.NotFound, "this service is not served here")
	}
	return proto.MarshalOptions{}.MarshalAppend(dst, &healthv1.HealthCheckResponse{Status: healthv1.HealthCheckResponse_SERVING})
}
