package accesslog_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	datav3 "github.com/envoyproxy/go-control-plane/envoy/data/accesslog/v3"
	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/service/accesslog/v3"
	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/wire"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// recorder keeps a copy of what the spool took.
type recorder struct {
	*audit.Spool
	mu   sync.Mutex
	rows []audit.Request
}

func (r *recorder) Record(record audit.Record) error {
	err := r.Spool.Record(record)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.rows = append(r.rows, *record.Request)
	}
	return err
}

// rig is the access log service on its socket, over a spool of some size.
type rig struct {
	recorder *recorder
	server   *accesslog.Server
	client   accesslogv3.AccessLogServiceClient
	log      bytes.Buffer
}

func newRig(t *testing.T, quota int64) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{}
	logger := slog.New(slog.NewTextHandler(&r.log, nil))
	spool, err := audit.OpenSpool(audit.SpoolOptions{Dir: filepath.Join(dir, "spool"), Instance: "test", MaxBytes: quota, Clock: clockwork.NewFakeClockAt(start), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	r.recorder = &recorder{Spool: spool}
	r.server = accesslog.New(accesslog.Options{Recorder: r.recorder, Logger: logger})
	listener, err := daemon.ListenUnix(filepath.Join(dir, "l"))
	if err != nil {
		t.Fatal(err)
	}
	g := grpc.NewServer(daemon.GRPCServerOptions()...)
	accesslogv3.RegisterAccessLogServiceServer(g, r.server)
	ended := make(chan error, 1)
	go func() { ended <- g.Serve(listener) }()
	conn, err := grpc.NewClient("unix:"+filepath.Join(dir, "l"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	r.client = accesslogv3.NewAccessLogServiceClient(conn)
	t.Cleanup(func() {
		_ = conn.Close()
		g.Stop()
		if err := errors.Join(<-ended, spool.Close()); err != nil {
			t.Error(err)
		}
	})
	return r
}

// send is one stream of Envoy's: a message an entry, the listener named in the
// first alone. It returns once the service has read all of it.
func (r *rig) send(t *testing.T, listener string, entries ...*datav3.HTTPAccessLogEntry) []audit.Request {
	t.Helper()
	stream, err := r.client.StreamAccessLogs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	identifier := &accesslogv3.StreamAccessLogsMessage_Identifier{LogName: listener, Node: &corev3.Node{Id: "envoy-1"}}
	for _, e := range entries {
		message := &accesslogv3.StreamAccessLogsMessage{Identifier: identifier, LogEntries: &accesslogv3.StreamAccessLogsMessage_HttpLogs{
			HttpLogs: &accesslogv3.StreamAccessLogsMessage_HTTPAccessLogEntries{LogEntry: []*datav3.HTTPAccessLogEntry{e}},
		}}
		if err := stream.Send(message); err != nil {
			t.Fatal(err)
		}
		identifier = nil
	}
	if _, err := stream.CloseAndRecv(); err != nil {
		t.Fatalf("the stream ended with %v", err)
	}
	r.recorder.mu.Lock()
	defer r.recorder.mu.Unlock()
	rows := r.recorder.rows
	r.recorder.rows = nil
	return rows
}

// entry is what Envoy says of a read that went to the tool.
func entry() *datav3.HTTPAccessLogEntry {
	return &datav3.HTTPAccessLogEntry{
		CommonProperties: &datav3.AccessLogCommon{
			StartTime: timestamppb.New(start), Duration: durationpb.New(1500 * time.Microsecond), UpstreamCluster: "acme-stripe",
			Metadata:           said(wire.VerdictAllow, "dec-req-1", "acme"),
			FilterStateObjects: map[string]*anypb.Any{wire.MaskReportState: packed(wrapperspb.String(`{"email":2}`))},
		},
		Request: &datav3.HTTPRequestProperties{
			RequestMethod: corev3.RequestMethod_GET, Path: "/stripe/v1/charges?customer=cus_ada", RequestId: "req-1",
			RequestHeadersBytes: 300, RequestBodyBytes: 20,
		},
		Response: &datav3.HTTPResponseProperties{ResponseCode: wrapperspb.UInt32(200), ResponseHeadersBytes: 100, ResponseBodyBytes: 4000},
	}
}

func said(verdict, decision, tenant string) *corev3.Metadata {
	return &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{wire.MetadataNamespace: {Fields: map[string]*structpb.Value{
		wire.MetaVerdict: structpb.NewStringValue(verdict), wire.MetaDecision: structpb.NewStringValue(decision), wire.MetaTenant: structpb.NewStringValue(tenant),
	}}}}
}

func packed(m proto.Message) *anypb.Any {
	out, _ := anypb.New(m)
	return out
}

func row() audit.Request {
	return audit.Request{
		Time: start, Tenant: "acme", Decision: "dec-req-1", Listener: "agent", Method: "GET", Path: "/stripe/v1/charges",
		Status: 200, DurationUS: 1500, BytesIn: 320, BytesOut: 4100, Cluster: "acme-stripe", Masked: `{"email":2}`,
	}
}

// Every entry is recorded once, under the decision that it belongs to.
func TestEntriesJoinTheirDecision(t *testing.T) {
	r := newRig(t, 1<<30)
	for _, tt := range []struct {
		name, listener string
		change         func(*datav3.HTTPAccessLogEntry)
		want           func(*audit.Request)
	}{
		{"a read", "agent", nil, nil},
		{"the execute listener's, by the order's decision", "execute", func(e *datav3.HTTPAccessLogEntry) {
			e.Request.RequestId, e.CommonProperties.Metadata = "req-2", said(wire.VerdictAllow, "dec-req-1", "acme")
		}, func(w *audit.Request) { w.Listener = "execute" }},
		{"no check answered, by the request's id", "agent", func(e *datav3.HTTPAccessLogEntry) { e.CommonProperties.Metadata = nil },
			func(w *audit.Request) { w.Tenant = "" }},
		{"Envoy refused before there was an id", "agent", func(e *datav3.HTTPAccessLogEntry) {
			e.CommonProperties.Metadata, e.Request.RequestId = nil, ""
		}, func(w *audit.Request) { w.Tenant, w.Decision = "", "" }},
		{"a report as bytes", "agent", func(e *datav3.HTTPAccessLogEntry) {
			e.CommonProperties.FilterStateObjects[wire.MaskReportState] = packed(wrapperspb.Bytes([]byte(`{"ssn":1}`)))
		}, func(w *audit.Request) { w.Masked = `{"ssn":1}` }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, want := entry(), row()
			if tt.change != nil {
				tt.change(e)
			}
			if tt.want != nil {
				tt.want(&want)
			}
			if diff := cmp.Diff([]audit.Request{want}, r.send(t, tt.listener, e)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An entry that makes no sense is recorded as far as it goes, and the one after
// it as if nothing had been.
func TestOddEntriesDoNotEndTheStream(t *testing.T) {
	r := newRig(t, 1<<30)
	odd := map[string]*datav3.HTTPAccessLogEntry{
		"nothing":    {},
		"no request": {CommonProperties: &datav3.AccessLogCommon{}},
		"times beyond all bounds": {CommonProperties: &datav3.AccessLogCommon{
			StartTime: &timestamppb.Timestamp{Seconds: 1 << 62, Nanos: -5}, Duration: &durationpb.Duration{Seconds: -1 << 62, Nanos: 1 << 30},
		}},
		"a report of an unknown type": {CommonProperties: &datav3.AccessLogCommon{FilterStateObjects: map[string]*anypb.Any{
			wire.MaskReportState: {TypeUrl: "type.googleapis.com/nobody.Knows", Value: []byte{1}},
		}}},
		"a report of another type":  {CommonProperties: &datav3.AccessLogCommon{FilterStateObjects: map[string]*anypb.Any{wire.MaskReportState: packed(wrapperspb.Bool(true))}}},
		"a report that is damaged":  {CommonProperties: &datav3.AccessLogCommon{FilterStateObjects: map[string]*anypb.Any{wire.MaskReportState: {TypeUrl: "type.googleapis.com/google.protobuf.StringValue", Value: []byte{0xff}}}}},
		"metadata of another shape": {CommonProperties: &datav3.AccessLogCommon{Metadata: &corev3.Metadata{FilterMetadata: map[string]*structpb.Struct{wire.MetadataNamespace: {Fields: map[string]*structpb.Value{wire.MetaTenant: structpb.NewNumberValue(1), wire.MetaDecision: nil}}}}}},
		"an unknown method":         {Request: &datav3.HTTPRequestProperties{RequestMethod: 99, Path: "no slash"}},
		"a report without an end":   {CommonProperties: &datav3.AccessLogCommon{FilterStateObjects: map[string]*anypb.Any{wire.MaskReportState: packed(wrapperspb.String(strings.Repeat("x", 2<<20)))}}},
	}
	for name, e := range odd {
		t.Run(name, func(t *testing.T) {
			rows := r.send(t, "agent", e, entry())
			if len(rows) == 0 || !cmp.Equal(rows[len(rows)-1], row()) {
				t.Errorf("the entry after it: %+v", rows)
			}
		})
	}
	if r.server.Dropped() != 1 {
		t.Errorf("%d were dropped, want the endless one alone", r.server.Dropped())
	}
}

// A full spool drops entries, says so once and counts them; the stream goes on,
// for Envoy must not keep them.
func TestFullSpoolDropsEntries(t *testing.T) {
	r := newRig(t, 1)
	for range 2 {
		if rows := r.send(t, "agent", entry(), entry()); len(rows) != 0 {
			t.Errorf("recorded %+v", rows)
		}
	}
	if r.server.Dropped() != 4 || strings.Count(r.log.String(), "are dropped") != 1 || !strings.Contains(r.log.String(), audit.ErrFull.Error()) {
		t.Errorf("%d dropped: %s", r.server.Dropped(), &r.log)
	}
}

// Envoy going away is no fault of the service, and ends nothing but its stream.
func TestBrokenStreamEndsAlone(t *testing.T) {
	r := newRig(t, 1<<30)
	ctx, cancel := context.WithCancel(t.Context())
	stream, err := r.client.StreamAccessLogs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&accesslogv3.StreamAccessLogsMessage{}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := stream.CloseAndRecv(); err == nil {
		t.Error("a stream that was cut ended well")
	}
	if rows := r.send(t, "agent", entry()); len(rows) != 1 {
		t.Errorf("recorded %+v", rows)
	}
}

// A path in a record has no query, nothing that names one thing or person, and
// an end.
func TestPathKeepsWordsOnly(t *testing.T) {
	for _, tt := range []struct{ name, path, want string }{
		{"plain", "/stripe/v1/charges", "/stripe/v1/charges"},
		{"words", "/zendesk/api/v2/ticket_fields.json", "/zendesk/api/v2/ticket_fields.json"},
		{"an id", "/stripe/v1/charges/ch_ada_1000/refunds", "/stripe/v1/charges/*/refunds"},
		{"an address", "/zendesk/api/v2/users/jane.doe@example.com.json", "/zendesk/api/v2/users/*"},
		{"a name", "/zendesk/users/Jane", "/zendesk/users/*"},
		{"a card", "/stripe/v1/charges/4111111111111111", "/stripe/v1/charges/*"},
		{"a key", "/stripe/v1/charges/sk_live_abcdef", "/stripe/v1/charges/*"},
		{"escaped", "/zendesk/a%20b", "/zendesk/*"},
		{"empty segments", "//stripe//", "//stripe//"},
		{"a query", "/stripe?token=spgw_a", "/stripe"},
		{"a token", "/stripe/spgw_a", "/stripe/*"},
		{"an escaped token", "/stripe/%73pgw%5Fa", "/stripe/*"},
		{"in base64, first place", "/stripe/c3Bnd19hYmM=", "/stripe/*"},
		{"in base64, second place", "/stripe/OnNwZ3dfYWJj", "/stripe/*"},
		{"in base64, third place", "/stripe/YTpzcGd3X2FiYw", "/stripe/*"},
		{"an escape that is none", "/stripe/%zz", "/stripe/*"},
		{"long", strings.Repeat("/a", 300), strings.Repeat("/a", 100)},
		{"a long word", "/" + strings.Repeat("a", 300), "/*"},
	} {
		if got := accesslog.Path(tt.path); got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// A flag that Envoy has and records do not know would look like none at all.
func TestEveryFlagHasItsName(t *testing.T) {
	r := newRig(t, 1<<30)
	fields := (&datav3.ResponseFlags{}).ProtoReflect().Descriptor().Fields()
	names := map[string]protoreflect.Name{}
	for i := range fields.Len() {
		f, e := fields.Get(i), entry()
		e.CommonProperties.ResponseFlags = &datav3.ResponseFlags{}
		set := e.CommonProperties.ResponseFlags.ProtoReflect()
		if f.Kind() == protoreflect.BoolKind {
			set.Set(f, protoreflect.ValueOfBool(true))
		} else {
			set.Set(f, set.NewField(f))
		}
		rows := r.send(t, "agent", e)
		if len(rows) != 1 || rows[0].Flags == "" || names[rows[0].Flags] != "" {
			t.Errorf("%s: %+v", f.Name(), rows)
			continue
		}
		names[rows[0].Flags] = f.Name()
	}
	e := entry()
	e.CommonProperties.ResponseFlags = &datav3.ResponseFlags{UpstreamConnectionFailure: true, UpstreamRequestTimeout: true}
	if rows := r.send(t, "agent", e); rows[0].Flags != "UF,UT" {
		t.Errorf("two flags: %q", rows[0].Flags)
	}
}
