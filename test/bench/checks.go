package bench

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/grpc/codes"
)

// recorded is one CheckRequest as Envoy sends it, and the right answer.
type recorded struct {
	request *authv3.CheckRequest
	allowed bool
}

// spelling is how Envoy was told to send headers.
type spelling int

const (
	rawHeaders spelling = iota // a list of bytes, as Sallyport asks for them
	headerMap                  // a map of texts, the only one that opa-envoy reads
)

// record spells calls; token signs for a tenant's agent.
func record(calls []call, how spelling, token func(tenant, agent string) string) []recorded {
	out := make([]recorded, len(calls))
	for i, c := range calls {
		tenant, agent, body := tenantName(c.tenant), agentName(c.role), c.body()
		headers := [][2]string{
			{":authority", "127.0.0.1:10000"}, {":method", c.method()}, {":path", c.target()}, {":scheme", "http"},
			{"accept", "application/json"}, {"accept-encoding", "identity"}, {"user-agent", "bench/1.0"},
			{"authorization", "Bearer " + token(tenant, agent)},
			{"x-bench-tenant", tenant}, {"x-bench-agent", agent},
			{"x-forwarded-proto", "http"}, {"x-forwarded-for", "127.0.0.1"}, {"x-request-id", "6f9619ff-8b86-d011-b42d-" + strconv.Itoa(100_000_000_000+i)},
			{"x-envoy-auth-partial-body", "false"},
		}
		if c.write {
			headers = append(headers, [2]string{"content-type", "application/json"}, [2]string{"content-length", strconv.Itoa(len(body))})
		}
		http := &authv3.AttributeContext_HttpRequest{
			Id: strconv.Itoa(i), Method: c.method(), Path: c.target(), Host: "127.0.0.1:10000", Scheme: "http",
			Protocol: "HTTP/1.1", Size: int64(len(body)), RawBody: body,
		}
		spell(http, headers, how)
		out[i] = recorded{allowed: c.allowed, request: &authv3.CheckRequest{Attributes: &authv3.AttributeContext{
			Source: peer("127.0.0.1", 50_000), Destination: peer("127.0.0.1", 10_000),
			Request: &authv3.AttributeContext_Request{Http: http},
		}}}
	}
	return out
}

func spell(http *authv3.AttributeContext_HttpRequest, headers [][2]string, how spelling) {
	if how == headerMap {
		http.Headers = map[string]string{}
		for _, h := range headers {
			http.Headers[h[0]] = h[1]
		}
		return
	}
	http.HeaderMap = &corev3.HeaderMap{}
	for _, h := range headers {
		http.HeaderMap.Headers = append(http.HeaderMap.Headers, &corev3.HeaderValue{Key: h[0], RawValue: []byte(h[1])})
	}
}

func peer(address string, port uint32) *authv3.AttributeContext_Peer {
	return &authv3.AttributeContext_Peer{Address: &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{
		Address: address, PortSpecifier: &corev3.SocketAddress_PortValue{PortValue: port},
	}}}}
}

// checkSample is what one round of checks saw.
type checkSample struct {
	sample
	wrong int
	fault error // the first call without an answer
}

// check asks n of the recorded calls, some at a time over one connection, as
// one worker of Envoy does, and compares every answer.
func check(ctx context.Context, client authv3.AuthorizationClient, all []recorded, atOnce, from, n int) checkSample {
	var next, wrong atomic.Int64
	next.Store(int64(from) - 1)
	took := make([][]time.Duration, atOnce)
	faults := make([]error, atOnce)
	var group sync.WaitGroup
	started := time.Now()
	for i := range atOnce {
		group.Go(func() {
			for {
				at := int(next.Add(1))
				if at >= from+n {
					return
				}
				r := all[at%len(all)]
				begin := time.Now()
				answer, err := client.Check(ctx, r.request)
				took[i] = append(took[i], time.Since(begin))
				if err != nil {
					faults[i] = err
				}
				if err != nil || (answer.GetStatus().GetCode() == int32(codes.OK)) != r.allowed {
					wrong.Add(1)
				}
			}
		})
	}
	group.Wait()
	elapsed := time.Since(started)
	times := slices.Concat(took...)
	slices.Sort(times)
	s := checkSample{wrong: int(wrong.Load())}
	s.sample = sample{perSecond: float64(n) / elapsed.Seconds(), p50: times[n/2], p99: times[n*99/100]}
	for _, err := range faults {
		if err != nil {
			s.fault = err
		}
	}
	return s
}
