package filter

import (
	"math"

	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm"
	"github.com/proxy-wasm/proxy-wasm-go-sdk/proxywasm/types"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
)

// maxPolicies is how many parsed policies a worker keeps.
const maxPolicies = 1024

// Plugin is what Envoy keeps a worker.
type Plugin struct {
	types.DefaultPluginContext
	minter   surrogate.Minter
	masker   *mask.Masker
	policies map[string]mask.Policy
	out      []byte
}

// New returns the plugin; it needs no configuration.
func New() *Plugin {
	minter := surrogate.Mark{}
	return &Plugin{minter: minter, masker: mask.New(minter), policies: map[string]mask.Policy{}}
}

// NewHttpContext begins one request.
func (p *Plugin) NewHttpContext(uint32) types.HttpContext { return &exchange{plugin: p} }

// policy is the policy of the route, or the one that masks everything.
func (p *Plugin) policy() mask.Policy {
	data, err := proxywasm.GetProperty([]string{"xds", "route_metadata", "filter_metadata", wire.RouteMetadataNamespace, wire.RouteMetaMask})
	if err != nil {
		return mask.Default()
	}
	if known, ok := p.policies[string(data)]; ok {
		return known
	}
	policy, err := mask.ParsePolicy(data)
	if err != nil {
		proxywasm.LogWarn("mask policy of the route cannot be read, masking everything")
		policy = mask.Default()
	}
	if len(p.policies) >= maxPolicies {
		clear(p.policies)
	}
	p.policies[string(data)] = policy
	return policy
}

// exchange is one request and its answer.
type exchange struct {
	types.DefaultHttpContext
	plugin *Plugin
	method string
	step   step
	media  string
	policy mask.Policy
	stream *mask.Stream
	ended  bool // the stream broke off
	filled bool // some of the held body came
	report mask.Report
}

// OnHttpRequestHeaders asks the tool for an answer that can be read.
func (e *exchange) OnHttpRequestHeaders(int, bool) types.Action {
	for _, name := range [...]string{"accept-encoding", "range", "if-range"} {
		// A header that is not there is no error; any other fault shows in the answer.
		_ = proxywasm.RemoveHttpRequestHeader(name)
	}
	e.method, _ = proxywasm.GetHttpRequestHeader(":method")
	return types.ActionContinue
}

// OnHttpResponseHeaders decides about the answer.
func (e *exchange) OnHttpResponseHeaders(_ int, end bool) types.Action {
	pairs, err := proxywasm.GetHttpResponseHeaders()
	if err != nil {
		return e.sendProblem()
	}
	e.policy = e.plugin.policy()
	h := readHeaders(pairs)
	e.media, e.step = h.media, h.next(e.method, end, e.policy)
	if e.step == refuse || !e.setHeaders(pairs) {
		return e.sendProblem()
	}
	switch e.step {
	case hold:
		return types.ActionPause
	case flow:
		e.stream = mask.NewStream(e.policy, e.plugin.minter)
	case pass, refuse: // nothing to prepare
	}
	e.publish()
	return types.ActionContinue
}

// setHeaders writes masked header values, and removes the length of a body
// that will change. False: Envoy did not take them.
func (e *exchange) setHeaders(pairs [][2]string) bool {
	changed, report := maskHeaders(e.plugin.masker, pairs, e.policy)
	e.report.Add(report)
	for _, pair := range changed {
		if proxywasm.RemoveHttpResponseHeader(pair[0]) != nil {
			return false
		}
	}
	for _, pair := range changed {
		if proxywasm.AddHttpResponseHeader(pair[0], pair[1]) != nil {
			return false
		}
	}
	return e.step == pass || proxywasm.RemoveHttpResponseHeader("content-length") == nil
}

// sendProblem answers in place of the tool.
func (e *exchange) sendProblem() types.Action {
	e.step = refuse
	headers := [][2]string{{"content-type", problemType}}
	decision, err := proxywasm.GetProperty([]string{"metadata", "filter_metadata", wire.MetadataNamespace, wire.MetaDecision})
	if err == nil && len(decision) > 0 {
		headers = append(headers, [2]string{wire.HeaderDecision, string(decision)})
	}
	if err := proxywasm.SendHttpResponse(502, headers, []byte(problem), -1); err != nil {
		panic("the refusal of an answer cannot be sent") // Envoy answers 5xx and reloads
	}
	return types.ActionPause
}

// OnHttpResponseBody masks what came.
func (e *exchange) OnHttpResponseBody(size int, end bool) types.Action {
	switch e.step {
	case hold:
		e.filled = e.filled || size > 0
		if !end {
			return types.ActionPause
		}
		e.release()
	case flow:
		e.forward(size, end)
	default:
		e.replace(nil)
	}
	return types.ActionContinue
}

// OnHttpResponseTrailers ends a body that trailers follow. What a stream still
// holds is lost then: Envoy takes no more body.
func (e *exchange) OnHttpResponseTrailers(int) types.Action {
	if e.step == hold {
		e.release()
	}
	trailers, err := proxywasm.GetHttpResponseTrailers()
	if err != nil {
		return types.ActionContinue
	}
	for _, pair := range trailers {
		_ = proxywasm.RemoveHttpResponseTrailer(pair[0])
	}
	return types.ActionContinue
}

// release masks the held body.
func (e *exchange) release() {
	if !e.filled {
		e.publish()
		return
	}
	var out []byte
	var report mask.Report
	body, err := proxywasm.GetHttpResponseBody(0, math.MaxInt32)
	if err == nil {
		out, report, err = e.plugin.masker.Body(e.plugin.out[:0], body, e.media, e.policy)
	}
	if err != nil {
		proxywasm.LogWarn("answer withheld: " + err.Error())
		e.withhold()
		return
	}
	e.plugin.out = out
	e.report.Add(report)
	e.replace(out)
	e.publish()
}

// withhold turns a held answer into the problem.
func (e *exchange) withhold() {
	e.replace([]byte(problem))
	for _, name := range [...]string{"etag", "last-modified", "content-disposition", "content-language", "location"} {
		_ = proxywasm.RemoveHttpResponseHeader(name)
	}
	if proxywasm.ReplaceHttpResponseHeader(":status", "502") != nil || proxywasm.ReplaceHttpResponseHeader("content-type", problemType) != nil {
		panic("an answer cannot be withheld")
	}
}

// forward masks a piece of a stream.
func (e *exchange) forward(size int, end bool) {
	var chunk []byte
	if size > 0 {
		var err error
		if chunk, err = proxywasm.GetHttpResponseBody(0, size); err != nil {
			panic("a piece of a stream cannot be read")
		}
	}
	out, err := e.stream.Write(e.plugin.out[:0], chunk)
	if err == nil && end {
		out, err = e.stream.Close(out)
	}
	if err != nil && !e.ended {
		e.ended = true
		out = append(out, problemEvent...)
		proxywasm.LogWarn("stream broken off: " + err.Error())
	}
	e.plugin.out = out
	e.replace(out)
	e.publish()
}

// replace MUST happen: if Envoy does not take it, the crash costs the answer.
func (e *exchange) replace(body []byte) {
	if proxywasm.ReplaceHttpResponseBody(body) != nil {
		panic("a body cannot be replaced")
	}
}

// publish leaves the counts for the access log.
func (e *exchange) publish() {
	report := e.report
	if e.stream != nil {
		report.Add(e.stream.Report())
	}
	// Only a count is lost when Envoy does not take it.
	_ = proxywasm.SetProperty([]string{wire.MaskReportProperty}, report.AppendJSON(nil))
}
