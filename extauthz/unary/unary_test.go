package unary_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"

	"github.com/sallyport/sallyport/extauthz/unary"
)

const method = "/test.Echo/Say"

// raw is a codec of messages that are bytes already.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil //nolint:forcetypeassert // a test
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize() //nolint:forcetypeassert // a test
	return nil
}

// start serves a handler and returns where.
func start(tb testing.TB, handle unary.Handler) (address string, server *unary.Server) {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server = unary.New(method, handle)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	tb.Cleanup(func() {
		server.Stop()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
	return listener.Addr().String(), server
}

// dial is a client whose messages are bytes already.
func dial(tb testing.TB, address string, options ...grpc.DialOption) *grpc.ClientConn {
	tb.Helper()
	return dialUsual(tb, address, append(options,
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{}), grpc.MaxCallRecvMsgSize(32<<20), grpc.MaxCallSendMsgSize(32<<20)))...)
}

func dialUsual(tb testing.TB, address string, options ...grpc.DialOption) *grpc.ClientConn {
	tb.Helper()
	options = append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))
	client, err := grpc.NewClient(address, options...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

func say(ctx context.Context, client *grpc.ClientConn, name string, text []byte, options ...grpc.CallOption) ([]byte, error) {
	var out []byte
	err := client.Invoke(ctx, name, &text, &out, options...)
	return out, err
}

func echo(dst, message []byte) ([]byte, error) {
	return append(append(dst, "said "...), message...), nil
}

// A usual client of gRPC gets every answer whole, whatever its size and however
// many ask at once, though it has room for 64 KiB at a time only.
func TestCalls(t *testing.T) {
	address, _ := start(t, echo)
	for name, options := range map[string][]grpc.DialOption{
		"usual":      nil,
		"small room": {grpc.WithStaticStreamWindowSize(65_535), grpc.WithStaticConnWindowSize(65_535)},
	} {
		t.Run(name, func(t *testing.T) {
			client := dial(t, address, options...)
			var all sync.WaitGroup
			for at := range 16 {
				all.Go(func() {
					for i, size := range []int{0, 1, 1000, 16_384, 65_530, 70_000, 1 << 20} {
						text := bytes.Repeat([]byte{byte('a' + at)}, size+i)
						out, err := say(t.Context(), client, method, text)
						if err != nil || !bytes.Equal(out, append([]byte("said "), text...)) {
							t.Errorf("%d bytes: %d bytes came, %v", len(text), len(out), err)
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// What cannot be answered fails alone.
func TestFailures(t *testing.T) {
	address, _ := start(t, func(dst, message []byte) ([]byte, error) {
		switch string(message) {
		case "refuse":
			return nil, status.Error(codes.PermissionDenied, "100% no\nä")
		case "break":
			return nil, errors.New("broken")
		}
		return echo(dst, message)
	})
	client := dial(t, address)
	for name, c := range map[string]struct {
		method, text string
		options      []grpc.CallOption
		code         codes.Code
		said         string
	}{
		"a status":       {method: method, text: "refuse", code: codes.PermissionDenied, said: "100% no\nä"},
		"another error":  {method: method, text: "break", code: codes.Unknown, said: "broken"},
		"another method": {method: "/test.Echo/Shout", text: "x", code: codes.Unimplemented, said: "no other"},
		"compressed":     {method: method, text: "x", options: []grpc.CallOption{grpc.UseCompressor("gzip")}, code: codes.Unimplemented, said: "compressed"},
		"too large":      {method: method, text: strings.Repeat("x", 16<<20+1), code: codes.ResourceExhausted, said: "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := say(t.Context(), client, c.method, []byte(c.text), c.options...)
			if status.Code(err) != c.code || !strings.Contains(status.Convert(err).Message(), c.said) || out != nil {
				t.Errorf("got %q, %v", out, err)
			}
			if out, err := say(t.Context(), client, method, []byte("on")); err != nil || string(out) != "said on" {
				t.Errorf("the next one: %q, %v", out, err)
			}
		})
	}
}
