package resource

import (
	"fmt"
	"strings"

	accesslogv3 "github.com/envoyproxy/go-control-plane/envoy/config/accesslog/v3"
	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	matcherv3 "github.com/envoyproxy/go-control-plane/envoy/type/matcher/v3"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// agentReplies are the answers that Envoy gives to agents by itself, in the words
// of internal/answer and in the dialect that the client reads. A refusal by the
// check keeps its own: its mapper comes first and changes nothing.
func agentReplies() *hcmv3.LocalReplyConfig {
	out := []*hcmv3.ResponseMapper{unchanged(refusedByCheck())}
	for _, c := range clients() {
		for _, e := range events() {
			out = append(out, e.told(c))
		}
	}
	return &hcmv3.LocalReplyConfig{Mappers: out}
}

// event is something that Envoy answers itself.
type event struct {
	code  reason.Code
	hint  string
	keeps bool                           // Envoy's status
	when  []*accesslogv3.AccessLogFilter // all of them
}

// tooLarge is said of an answer that is over what Envoy holds for the mask, which is
// when Envoy itself answers 500, and only then. A 502 is the mask's own.
const tooLarge = "the answer is too large to be checked"

// events in the order in which they are looked for. Whatever else became of a
// request that has been let pass, its answer is lost.
func events() []event {
	nowhere, broken := flags("UF", "UH", "UO"), flags("UC", "UT", "UR", "UPE", "LR", "SI")
	on := func(code reason.Code, when ...*accesslogv3.AccessLogFilter) event {
		return event{code: code, when: when}
	}
	return []event{
		on(reason.GatewayUnavailable, flags("UAEX", "NR", "NC")),
		on(reason.GatewayUnavailable, nowhere, either(lane(wire.LaneRead), lane(wire.LaneEffect))),
		on(reason.ToolUnreachable, nowhere),
		on(reason.OutcomeLost, broken, lane(wire.LaneEffect)),
		on(reason.AnswerLost, broken),
		on(reason.BodyTooLarge, status(413)),
		{code: reason.AnswerWithheld, hint: tooLarge, when: []*accesslogv3.AccessLogFilter{status(500)}},
		on(reason.AnswerWithheld, status(502)),
		on(reason.OutcomeLost, atLeast(500), lane(wire.LaneEffect)),
		on(reason.AnswerLost, atLeast(500)),
		{code: reason.RequestRejected, keeps: true, when: []*accesslogv3.AccessLogFilter{atLeast(400)}},
	}
}

// client is one way to read answers.
type client struct {
	dialect answer.Dialect
	is      *accesslogv3.AccessLogFilter // nil for every client
}

// clients in the order in which they are looked for: a call over MCP is known by the
// id that the check left, a read of a resource or a prompt and a request to a tool by
// the dialect that it left. Of what comes before the check, the path or the host
// tells, as it tells the check.
func clients() []client {
	out := []client{
		{answer.MCPRequest, said(wire.MetaDialect, exact(wire.DialectRequest))},
		{answer.MCP, said(wire.MetaMCP, nil)},
		{answer.MCPError, all(unchecked(), onHeader(":path", pattern("(/[^/?]+)?/"+wire.ToolMCP+"([?].*)?")))},
	}
	for _, d := range answer.Dialects() {
		if d != answer.Problem {
			named := either(onHeader(":path", prefix("/"+string(d)+"/")), onHeader(":authority", prefix(string(d)+".")))
			out = append(out, client{d, either(said(wire.MetaDialect, exact(string(d))), all(unchecked(), named))})
		}
	}
	return append(out, client{answer.Problem, nil})
}

// Stand-ins for what Envoy alone knows, while an answer is rendered.
const (
	someDecision = "dec-0"
	someCall     = `"call-0"`
)

// told is an event as a client is told of it.
func (e event) told(c client) *hcmv3.ResponseMapper {
	a := answer.Render(c.dialect, answer.Thing{Code: e.code, Hint: e.hint, Decision: someDecision, Call: someCall})
	format := strings.NewReplacer(
		"%", "%%", someDecision, decisionFormat, someCall, "%DYNAMIC_METADATA("+wire.MetadataNamespace+":"+wire.MetaMCP+")%",
	)
	body := format.Replace(string(a.Body))
	m := &hcmv3.ResponseMapper{Filter: all(append(e.when, c.conditions()...)...), StatusCode: number(uint32(a.Status))}
	if e.keeps && a.Status >= 400 {
		m.StatusCode, body = nil, strings.Replace(body, fmt.Sprintf(`"status":%d,`, a.Status), `"status":%RESPONSE_CODE%,`, 1)
	}
	m.BodyFormatOverride = &corev3.SubstitutionFormatString{Format: &corev3.SubstitutionFormatString_TextFormatSource{
		TextFormatSource: &corev3.DataSource{Specifier: &corev3.DataSource_InlineString{InlineString: body}},
	}}
	for _, h := range a.Headers {
		if h[0] == "content-type" {
			m.BodyFormatOverride.ContentType = h[1]
			continue
		}
		m.HeadersToAdd = append(m.HeadersToAdd, set(h[0], format.Replace(h[1])))
	}
	return m
}

func (c client) conditions() []*accesslogv3.AccessLogFilter {
	if c.is == nil {
		return nil
	}
	return []*accesslogv3.AccessLogFilter{c.is}
}

// lane is where the check sent a request that has been let pass. A tool never
// gets it: for the direct lane it is gone.
func lane(name string) *accesslogv3.AccessLogFilter { return onHeader(wire.HeaderLane, exact(name)) }

// said is what the check left about a request; value nil is that it left anything.
func said(name string, value *matcherv3.StringMatcher) *accesslogv3.AccessLogFilter {
	m := checkSaid(name, value)
	if value == nil {
		m.Value = &matcherv3.ValueMatcher{MatchPattern: &matcherv3.ValueMatcher_PresentMatch{PresentMatch: true}}
	}
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_MetadataFilter{
		MetadataFilter: &accesslogv3.MetadataFilter{Matcher: m, MatchIfKeyNotFound: no()},
	}}
}

// unchecked is a request that the check said nothing about.
func unchecked() *accesslogv3.AccessLogFilter {
	f := said(wire.MetaVerdict, exact("none"))
	f.GetMetadataFilter().MatchIfKeyNotFound = yes()
	return f
}

func onHeader(name string, value *matcherv3.StringMatcher) *accesslogv3.AccessLogFilter {
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_HeaderFilter{HeaderFilter: &accesslogv3.HeaderFilter{
		Header: &routev3.HeaderMatcher{Name: name, HeaderMatchSpecifier: &routev3.HeaderMatcher_StringMatch{StringMatch: value}},
	}}}
}

// pattern is of the whole text.
func pattern(re2 string) *matcherv3.StringMatcher {
	return &matcherv3.StringMatcher{MatchPattern: &matcherv3.StringMatcher_SafeRegex{SafeRegex: &matcherv3.RegexMatcher{Regex: re2}}}
}

// all is every one of some filters; Envoy wants at least two to join.
func all(filters ...*accesslogv3.AccessLogFilter) *accesslogv3.AccessLogFilter {
	if len(filters) == 1 {
		return filters[0]
	}
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_AndFilter{AndFilter: &accesslogv3.AndFilter{Filters: filters}}}
}

func either(filters ...*accesslogv3.AccessLogFilter) *accesslogv3.AccessLogFilter {
	return &accesslogv3.AccessLogFilter{FilterSpecifier: &accesslogv3.AccessLogFilter_OrFilter{OrFilter: &accesslogv3.OrFilter{Filters: filters}}}
}
