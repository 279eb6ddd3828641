package daemon

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

func TestServeHTTPFinishesRequests(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	entered := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- ServeHTTP(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(entered)
			<-ctx.Done()
			_, _ = io.WriteString(w, "done")
		}))
	}()
	got := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, _ := io.ReadAll(response.Body)
		got <- string(body)
	}()
	<-entered
	cancel()
	if text := <-got; text != "done" {
		t.Errorf("the request on its way got %q", text)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A handler that is cut off goes on, with what it uses.
func TestServeHTTPWaitsForHandlers(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	entered, cut, finish := make(chan struct{}), make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- ServeHTTP(ctx, listener, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(entered)
			<-r.Context().Done()
			close(cut)
			<-finish
		}))
	}()
	go func() {
		if response, err := http.Get("http://" + listener.Addr().String()); err == nil {
			_ = response.Body.Close()
		}
	}()
	<-entered
	cancel()
	<-cut
	select {
	case err := <-ended:
		t.Fatalf("it returned with a handler running: %v", err)
	default:
	}
	close(finish)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeHTTPReturnsWhyItStopped(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ServeHTTP(t.Context(), listener, http.NotFoundHandler()); err == nil {
		t.Error("a listener that is closed must be an error")
	}
}

// panicking is a service whose calls panic.
type panicking struct {
	healthpb.UnimplementedHealthServer
}

func (panicking) Check(context.Context, *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	panic("one")
}

func (panicking) Watch(*healthpb.HealthCheckRequest, grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	panic("many")
}

func serveGRPC(t *testing.T, service healthpb.HealthServer, options ...grpc.ServerOption) healthpb.HealthClient {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run", "g.sock")
	listener, err := ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(append(GRPCServerOptions(), options...)...)
	healthpb.RegisterHealthServer(server, service)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	conn, err := grpc.NewClient("unix:"+path, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return healthpb.NewHealthClient(conn)
}

func TestPanicsDoNotStopTheServer(t *testing.T) {
	var log bytes.Buffer
	client := serveGRPC(t, panicking{}, RecoverPanics(Logger(&log, "info"))...)
	for range 2 {
		_, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{})
		if status.Code(err) != codes.Internal || strings.Contains(err.Error(), "one") {
			t.Errorf("a call: %v", err)
		}
		stream, err := client.Watch(t.Context(), &healthpb.HealthCheckRequest{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := stream.Recv(); status.Code(err) != codes.Internal {
			t.Errorf("a stream: %v", err)
		}
	}
	if strings.Count(log.String(), "A call panicked") != 4 || !strings.Contains(log.String(), "serve_test.go") {
		t.Error(log.String())
	}
}

func TestGRPCOverOwnSocket(t *testing.T) {
	client := serveGRPC(t, health.NewServer())
	answer, err := client.Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || answer.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("%v %v", answer, err)
	}
}
