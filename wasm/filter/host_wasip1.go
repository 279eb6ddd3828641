package filter

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
	"github.com/sallyport/sallyport/wasm/abi"
)

// maxPolicies is how many parsed policies a worker keeps.
const maxPolicies = 1024

// Paths of properties.
const (
	routeSaid   = "xds\x00route_metadata\x00filter_metadata\x00" + wire.RouteMetadataNamespace + "\x00"
	routePolicy = routeSaid + wire.RouteMetaMask
	checkSaid   = "metadata\x00filter_metadata\x00" + wire.MetadataNamespace + "\x00"
)

// Plugin is what Envoy keeps a worker. It is an abi.Filter.
type Plugin struct {
	masker   *mask.Masker
	policies map[string]mask.Policy
	asked    map[uint32]string // of requests, as wire.ParseMaskHeader reads them
	sessions sessions
	open     map[uint32]*exchange
	out      []byte
}

// New returns the plugin; it needs no configuration.
func New() *Plugin {
	return &Plugin{
		masker: mask.New(surrogate.Mark{}), policies: map[string]mask.Policy{},
		asked: map[uint32]string{}, sessions: sessions{}, open: map[uint32]*exchange{},
	}
}

// Request takes the scope of the session's surrogates, and the role whose rules
// count, out of the request: nobody behind the filter sees it. Without a scope
// there are only marks, and without a role the rules of all.
func (p *Plugin) Request(id uint32) {
	asked, ok := abi.RequestHeader(wire.HeaderMask)
	if !ok {
		return
	}
	if !abi.RemoveRequestHeader(wire.HeaderMask) {
		panic("the scope of surrogates cannot be removed") // nothing is sent then
	}
	p.asked[id] = asked
}

// policy is the policy of the route for a role. A role without one of its own has
// that of all, and where there is none everything is masked.
func (p *Plugin) policy(role string) mask.Policy {
	path := routePolicy // spelled once: most have no role
	if role != "" {
		path = routeSaid + wire.RouteMetaMaskOf(role)
	}
	data, ok := abi.Property(path)
	switch {
	case !ok && role != "":
		return p.policy("")
	case !ok:
		return mask.Default()
	}
	if known, ok := p.policies[string(data)]; ok {
		return known
	}
	policy, err := mask.ParsePolicy(data)
	if err != nil {
		abi.Warn("mask policy of the route cannot be read, masking everything")
		policy = mask.Default()
	}
	if len(p.policies) >= maxPolicies {
		clear(p.policies)
	}
	p.policies[string(data)] = policy
	return policy
}

// exchange is one answer of which a body may follow.
type exchange struct {
	plugin *Plugin
	seal   seal
	step   step
	media  string
	sized  bool // it came with a content-length
	policy mask.Policy
	stream *mask.Stream
	ended  bool // the stream broke off
	filled bool // some of the held body came
	report mask.Report

	published bool
	last      mask.Report // published
}

// Headers decides about the answer. Of one that passes nothing is kept: a body
// that comes all the same belongs to nobody and is dropped.
func (p *Plugin) Headers(id uint32, end bool) abi.Action {
	pairs, ok := abi.Headers()
	if !ok {
		return sendProblem()
	}
	h := readHeaders(pairs)
	scope, role := wire.ParseMaskHeader(p.asked[id])
	e := &exchange{plugin: p, seal: p.sessions.seal(scope), media: h.media, sized: h.sized, policy: p.policy(role)}
	if h.subject != "" {
		e.seal.about(h.subject)
		if !abi.RemoveHeader(wire.HeaderSubject) {
			return sendProblem()
		}
	}
	e.step = h.next(end, e.policy)
	if e.step == refuse || !e.maskHeaders(pairs) {
		return sendProblem()
	}
	switch e.step {
	case hold:
		p.open[id] = e
		return abi.Pause
	case flow:
		p.open[id] = e
		e.stream = mask.NewStream(e.policy, e.seal.minter())
		if e.sized && !abi.RemoveHeader("content-length") {
			return sendProblem()
		}
	case pass, refuse: // nothing to prepare
	}
	e.publish()
	return abi.Continue
}

// Body masks what came.
func (p *Plugin) Body(id uint32, size int, end bool) abi.Action {
	e := p.open[id]
	switch {
	case e == nil:
		replace(nil)
	case e.step == flow:
		e.forward(size, end)
	default:
		e.filled = e.filled || size > 0
		if !end {
			return abi.Pause
		}
		return e.release()
	}
	return abi.Continue
}

// Trailers end a body. What a stream still holds is lost then: Envoy takes no
// more body.
func (p *Plugin) Trailers(id uint32) abi.Action {
	if e := p.open[id]; e != nil && e.step == hold && e.release() == abi.Pause {
		return abi.Pause
	}
	trailers, ok := abi.Trailers()
	if !ok {
		return abi.Continue
	}
	for _, pair := range trailers {
		_ = abi.RemoveTrailer(pair[0])
	}
	return abi.Continue
}

// Done forgets an answer.
func (p *Plugin) Done(id uint32) {
	delete(p.open, id)
	delete(p.asked, id)
}

// masker is the plugin's, for this answer.
func (e *exchange) masker() *mask.Masker {
	e.plugin.masker.Mint(e.seal.minter())
	return e.plugin.masker
}

// maskHeaders removes what is not shown and writes masked header values. False:
// Envoy did not take them.
func (e *exchange) maskHeaders(pairs [][2]string) bool {
	for _, name := range hidden(pairs) {
		if !abi.RemoveHeader(name) {
			return false
		}
	}
	changed, report := maskHeaders(e.masker(), pairs, e.policy)
	e.report.Add(report)
	for _, pair := range changed {
		if !abi.RemoveHeader(pair[0]) {
			return false
		}
	}
	for _, pair := range changed {
		if !abi.AddHeader(pair[0], pair[1]) {
			return false
		}
	}
	return true
}

// sendProblem answers in place of the tool. Of an answer that was held nothing
// has gone out.
func sendProblem() abi.Action {
	_ = abi.SetProperty(wire.MaskReportProperty, mask.Report{}.AppendJSON(nil))
	headers := [][2]string{{"content-type", problemType}}
	if decision := said(wire.MetaDecision); decision != "" {
		headers = append(headers, [2]string{wire.HeaderDecision, decision})
	}
	if !abi.Answer(refusedStatus, headers, problem) {
		panic("the refusal of an answer cannot be sent") // Envoy answers 5xx and reloads
	}
	return abi.Pause
}

// said is what the check left about this request, "" when it left nothing.
func said(name string) string {
	data, _ := abi.Property(checkSaid + name)
	return string(data)
}

// release masks the held body. One in which nothing was found goes as it is.
func (e *exchange) release() abi.Action {
	if !e.filled {
		e.publish()
		return abi.Continue
	}
	body, ok := abi.Body()
	if !ok {
		abi.Warn("answer withheld: its body cannot be read")
		return sendProblem()
	}
	out, report, err := e.masker().Body(e.plugin.out[:0], body, e.media, e.policy)
	if err != nil {
		abi.Warn("answer withheld: " + err.Error())
		return sendProblem()
	}
	e.plugin.out = out
	e.report.Add(report)
	if !bytes.Equal(out, body) {
		e.replaceHeld(out)
	}
	e.publish()
	return abi.Continue
}

// replaceHeld also takes away the length that the answer came with.
func (e *exchange) replaceHeld(body []byte) {
	if e.sized && !abi.RemoveHeader("content-length") {
		panic("the length of an answer cannot be removed")
	}
	replace(body)
}

// forward masks a piece of a stream.
func (e *exchange) forward(size int, end bool) {
	var chunk []byte
	if size > 0 {
		var ok bool
		if chunk, ok = abi.Body(); !ok {
			panic("a piece of a stream cannot be read")
		}
	}
	e.seal.minter() // another answer of the session may have come meanwhile
	out, err := e.stream.Write(e.plugin.out[:0], chunk)
	if err == nil && end {
		out, err = e.stream.Close(out)
	}
	if err != nil && !e.ended {
		e.ended = true
		out = append(out, lastEvent(said(wire.MetaMCP))...)
		abi.Warn("stream broken off: " + err.Error())
	}
	e.plugin.out = out
	replace(out)
	e.publish()
}

// replace MUST happen: if Envoy does not take it, the crash costs the answer.
func replace(body []byte) {
	if !abi.SetBody(body) {
		panic("a body cannot be replaced")
	}
}

// publish leaves the counts for the access log, {} for none: that there is no
// report tells that the mask did not see an answer.
func (e *exchange) publish() {
	report := e.report
	if e.stream != nil {
		report.Add(e.stream.Report())
	}
	if e.published && report == e.last {
		return
	}
	e.published, e.last = true, report
	// Only a count is lost when Envoy does not take it.
	_ = abi.SetProperty(wire.MaskReportProperty, report.AppendJSON(nil))
}

var _ abi.Filter = (*Plugin)(nil)
