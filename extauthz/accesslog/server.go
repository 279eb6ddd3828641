package accesslog

import (
	"errors"
	"io"
	"log/slog"
	"sync/atomic"

	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/service/accesslog/v3"

	"github.com/sallyport/sallyport/internal/audit"
)

// Recorder takes a record; it never waits for a network.
type Recorder interface {
	Record(audit.Record) error
}

// Options are what a Server needs.
type Options struct {
	Recorder Recorder
	Logger   *slog.Logger
}

// Server is Envoy's access log service.
type Server struct {
	accesslogv3.UnimplementedAccessLogServiceServer
	options Options
	dropped atomic.Int64
}

// New returns a Server.
func New(o Options) *Server { return &Server{options: o} }

// Dropped is how many entries could not be recorded.
func (s *Server) Dropped() int64 { return s.dropped.Load() }

// StreamAccessLogs records entries until Envoy ends the stream. The listener is
// named once, by the first message.
func (s *Server) StreamAccessLogs(stream accesslogv3.AccessLogService_StreamAccessLogsServer) error {
	listener := ""
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(&accesslogv3.StreamAccessLogsResponse{})
		}
		if err != nil {
			return err
		}
		if id := message.GetIdentifier(); id != nil {
			listener = id.GetLogName()
		}
		for _, entry := range message.GetHttpLogs().GetLogEntry() {
			s.record(audit.Record{Table: audit.Requests, Request: request(listener, entry)})
		}
	}
}

// record drops what does not fit, and says so when that begins.
func (s *Server) record(r audit.Record) {
	if err := s.options.Recorder.Record(r); err != nil {
		if s.dropped.Add(1) == 1 {
			s.options.Logger.Error("Access log entries are dropped", "error", err)
		}
	}
}
