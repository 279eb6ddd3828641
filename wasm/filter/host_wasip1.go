package filter

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

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
	checkSecret = checkSaid + wire.MetaMask
)

// Plugin is what Envoy keeps a worker. It is an abi.Filter.
type Plugin struct {
	masker   *mask.Masker
	policies map[string]rules // by how they are spelled
	digests  map[string]rules // by wire.RulesDigest of that
	sessions *sessions
	known    *known
	open     map[uint32]*exchange
	over     []*exchange // to be used again
	media    string      // of the last answer: nearly all have the same
	held     int         // bytes of events that are not complete, of all streams
	out      []byte      // masked body
	line     []byte      // report
	value    value
}

// New returns the plugin; it needs no configuration.
func New() *Plugin {
	return &Plugin{
		masker: mask.New(surrogate.Mark{}), policies: map[string]rules{}, digests: map[string]rules{},
		sessions: newSessions(), known: newKnown(), open: map[uint32]*exchange{},
	}
}

// rules are what a route's metadata says about masking.
type rules struct {
	spelled string
	policy  mask.Policy
	roles   bool // some role has its own
}

// policy is the policy of the route, whose rules have a digest. A role without one of
// its own has that of all, and where there is none everything is masked.
func (p *Plugin) policy(digest string) mask.Policy {
	all, ok := p.routeRules(digest)
	if !ok {
		return mask.Default()
	}
	if all.roles {
		if role := said(wire.MetaRole); role != "" {
			if own, ok := p.rules(routeSaid + wire.RouteMetaMaskOf(role)); ok {
				return own.policy
			}
		}
	}
	return all.policy
}

// routeRules are the route's, for which Envoy is asked once a digest: it takes
// microseconds to find metadata. What a header says is believed only if it is the
// digest of rules that a route has.
func (p *Plugin) routeRules(digest string) (rules, bool) {
	if known, ok := p.digests[digest]; ok {
		return known, true
	}
	r, ok := p.rules(routePolicy)
	if ok && digest != "" && digest == wire.RulesDigest(r.spelled) {
		keep(p.digests, digest, r)
	}
	return r, ok
}

// rules are those at a path of a property, false when there are none.
func (p *Plugin) rules(path string) (rules, bool) {
	data, ok := abi.Property(path)
	if !ok {
		return rules{}, false
	}
	if known, ok := p.policies[string(data)]; ok {
		return known, true
	}
	r := rules{spelled: string(data)}
	text, roles := wire.ParseMaskRules(r.spelled)
	policy, err := mask.ParsePolicy([]byte(text))
	if err != nil {
		abi.Warn("mask policy of the route cannot be read, masking everything")
		policy = mask.Default()
	}
	r.policy, r.roles = policy, roles
	keep(p.policies, r.spelled, r)
	return r, true
}

// keep keeps rules under a copy of a name.
func keep(all map[string]rules, name string, r rules) {
	if len(all) >= maxPolicies {
		clear(all)
	}
	all[strings.Clone(name)] = r
}

// exchange is one answer of which a body may follow.
type exchange struct {
	plugin  *Plugin
	secrets secrets
	seal    seal
	sealed  bool             // what seals is known
	mints   surrogate.Minter // for what is masked now, nil before its first value
	subject surrogate.Subject
	about   bool // approvald says the subject
	step    step
	media   string
	sized   bool // it came with a content-length
	loose   bool // its connection's end is its own: nobody sees whether it was cut
	policy  mask.Policy
	stream  *mask.Stream
	holds   int    // of the plugin's held
	ended   string // why the stream broke off, "" while it goes on
	filled  bool   // some of the held body came
	report  mask.Report

	published bool
	last      mask.Report // published
}

// begin is an answer of which nothing is known yet.
func (p *Plugin) begin() *exchange {
	if n := len(p.over); n > 0 {
		e := p.over[n-1]
		p.over = p.over[:n-1]
		return e
	}
	return &exchange{plugin: p}
}

// secret is what the check left for the mask of this answer, for which Envoy is asked
// once: it takes microseconds to find metadata.
func (p *Plugin) secret() secrets {
	said, _ := abi.Property(checkSecret)
	return p.known.of(said)
}

// kept is a media type that stays when the host is asked again.
func (p *Plugin) kept(media string) string {
	if media != p.media {
		p.media = strings.Clone(media)
	}
	return p.media
}

// Headers decides about the answer. Of one that passes nothing is kept: a body
// that comes all the same belongs to nobody and is dropped.
func (p *Plugin) Headers(id uint32, end bool) abi.Action {
	pairs, ok := abi.Headers()
	if !ok {
		return withhold(wire.MaskWithheld)
	}
	h := readHeaders(pairs)
	e := p.begin()
	e.media, e.sized, e.policy, e.secrets = p.kept(h.media), h.sized, p.policy(h.rules), p.secret()
	e.loose = !h.sized && !h.chunked
	if h.subject != "" {
		e.about, e.subject = true, subjectOf(h.subject)
	}
	if strings.HasPrefix(e.media, "text/event-stream") { // no other answer needs to know
		h.mcp = said(wire.MetaMCP) != ""
	}
	e.step = h.next(end, e.policy)
	if e.step == refuse || !e.maskHeaders(pairs) {
		return withhold(wire.MaskWithheld)
	}
	switch e.step {
	case hold:
		p.open[id] = e
		return abi.Pause
	case flow:
		p.open[id] = e
		e.stream = mask.NewStream(e.policy, e)
		e.stream.Hide(e.secrets.sent)
		if e.sized && !abi.RemoveHeader("content-length") {
			return withhold(wire.MaskWithheld)
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
	for _, pair := range trailers {
		ok = ok && abi.RemoveTrailer(pair[0])
	}
	if !ok {
		panic(fault("trailers cannot be removed"))
	}
	return abi.Continue
}

// Done forgets an answer.
func (p *Plugin) Done(id uint32) {
	if e := p.open[id]; e != nil {
		p.held -= e.holds
		*e = exchange{plugin: p} // what it held, a stream above all, is not kept until then
		p.over = append(p.over, e)
		delete(p.open, id)
	}
}

// Mint asks who seals when the first value is there to be sealed: most answers have
// none. It is a surrogate.Minter's.
func (e *exchange) Mint(dst []byte, v surrogate.Value) []byte { return e.minter().Mint(dst, v) }

// Own is a surrogate.Minter's.
func (e *exchange) Own(text []byte) int { return e.minter().Own(text) }

func (e *exchange) minter() surrogate.Minter {
	if !e.sealed {
		e.sealed, e.seal = true, e.plugin.sessions.seal(e.secrets.scope)
		if e.about {
			e.seal.subject = e.subject
		}
	}
	if e.mints == nil {
		e.mints = e.seal.minter()
	}
	return e.mints
}

// masker is the plugin's, for this answer.
func (e *exchange) masker() *mask.Masker {
	e.mints = nil
	e.plugin.masker.Mint(e)
	e.plugin.masker.Hide(e.secrets.sent)
	return e.plugin.masker
}

// maskHeaders removes what is not shown and writes masked header values. False:
// Envoy did not take them.
func (e *exchange) maskHeaders(pairs [][2]string) bool {
	for _, pair := range pairs {
		if !shown(pair[0]) && !abi.RemoveHeader(pair[0]) {
			return false
		}
	}
	changed, report := e.plugin.value.maskHeaders(e.masker(), pairs, e.policy)
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

// withhold answers in place of the tool. Of an answer that was held nothing has gone
// out.
func withhold(why string) abi.Action {
	_ = abi.SetProperty(wire.MaskReportProperty, marked(mask.Report{}.AppendJSON(nil), why))
	headers := [][2]string{{"content-type", problemType}}
	if decision := said(wire.MetaDecision); decision != "" {
		headers = append(headers, [2]string{wire.HeaderDecision, decision})
	}
	if !abi.Answer(refusedStatus, headers, problem) {
		panic(fault("the refusal of an answer cannot be sent")) // Envoy answers 5xx and reloads
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
		return withhold(wire.MaskWithheld)
	}
	if e.loose && mayBeCut(body, e.media, e.policy) {
		abi.Warn("answer withheld: " + errCut.Error())
		return withhold(wire.MaskWithheld)
	}
	out, report, err := e.masker().Body(e.plugin.out[:0], body, e.media, e.policy)
	if err != nil {
		abi.Warn("answer withheld: " + err.Error())
		return withhold(wire.MaskWithheld)
	}
	e.plugin.out = out
	e.report.Add(report)
	if !bytes.Equal(out, body) {
		e.replaceHeld(out)
	}
	e.publish()
	return abi.Continue
}

// replaceHeld also says the new length of an answer that came with one.
func (e *exchange) replaceHeld(body []byte) {
	if e.sized {
		e.plugin.line = strconv.AppendInt(e.plugin.line[:0], int64(len(body)), 10)
		if !abi.ReplaceHeader("content-length", e.plugin.line) {
			panic(fault("the length of an answer cannot be replaced"))
		}
	}
	replace(body)
}

// forward masks a piece of a stream.
func (e *exchange) forward(size int, end bool) {
	if e.ended != "" {
		replace(nil)
		return
	}
	var chunk []byte
	if size > 0 {
		var ok bool
		if chunk, ok = abi.Body(); !ok {
			panic(fault("a piece of a stream cannot be read"))
		}
	}
	e.mints = nil // another answer of the session may have come meanwhile
	out, err := e.stream.Write(e.plugin.out[:0], chunk)
	switch {
	case err != nil || !end:
	case e.loose && e.stream.Within():
		err = errCut
	default:
		out, err = e.stream.Close(out)
	}
	if err == nil && e.hold(e.stream.Holds()) > mostHeld {
		err = errHeld
	}
	if err != nil {
		out = e.breakOff(out, wire.MaskWithheld, err.Error())
	}
	e.plugin.out = out
	replace(out)
	e.publish()
}

// mostHeld is how much of events that are not complete the streams of a worker hold
// together. Memory that comes to its end would end the module, and every answer in it.
const mostHeld = 64 << 20

var errHeld = errors.New("the streams of this worker hold too much of unfinished events")

// hold notes how much the stream holds by now, and returns what all do.
func (e *exchange) hold(now int) int {
	e.plugin.held += now - e.holds
	e.holds = now
	return e.plugin.held
}

// breakOff appends the event that is a stream's last. What the stream held, and may
// have left half done, is given up.
func (e *exchange) breakOff(out []byte, why, details string) []byte {
	e.ended, e.published = why, false
	e.report.Add(e.stream.Report())
	e.stream = nil
	e.hold(0)
	abi.Warn("stream broken off: " + details)
	return append(out, lastEvent(said(wire.MetaMCP), said(wire.MetaDialect))...)
}

// replace MUST happen: if Envoy does not take it, the fault costs the answer.
func replace(body []byte) {
	if !abi.SetBody(body) {
		panic(fault("a body cannot be replaced"))
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
	e.plugin.line = report.AppendJSON(e.plugin.line[:0])
	if e.ended != "" {
		e.plugin.line = marked(e.plugin.line, e.ended)
	}
	_ = abi.SetProperty(wire.MaskReportProperty, e.plugin.line)
}

var _ abi.Filter = (*Plugin)(nil)
