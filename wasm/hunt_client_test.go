package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/wire"
)

// asked is an answer that a client waits for.
type asked struct {
	*planted
	judge
	faulty bool // the module has faults
}

// client asks several times on one connection, some of them without waiting.
func (h *hunt) client(m *maker, id string) {
	module := pick(m, "mask", "mask", "mask", "crash")
	conn, err := h.dial(h.p.urls[module])
	if err != nil {
		h.t.Error(err)
		return
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for n := range 1 + m.IntN(4) {
		var all []asked
		var out strings.Builder
		for range pick(m, 1, 1, 1, 3) {
			a := h.ask(m, &out, fmt.Sprint(id, "-", n, "-", len(all)))
			a.faulty = module == "crash"
			all = append(all, a)
		}
		if _, err := io.WriteString(conn, out.String()); err != nil {
			h.t.Errorf("%s: %v", id, err)
			return
		}
		for _, a := range all {
			if m.chance(30) {
				_, _ = in.Peek(m.IntN(2)) // some leave before the answer begins
				h.count("left")
				return
			}
			if !h.read(in, a) {
				return
			}
		}
	}
}

// ask plants an answer and writes the request for it.
func (h *hunt) ask(m *maker, out *strings.Builder, id string) asked {
	route, of := pick(m, "/hunt-all", "/hunt-tenant", "/hunt-email"), m.IntN(sessions+1)
	m.sent = ""
	if m.chance(3) {
		m.sent = m.word(18)
	}
	a := asked{planted: m.answer(id), judge: judge{policy: h.rules[route]}}
	h.tool.plant(a.planted)
	_, _ = fmt.Fprintf(out, "%s %s/%s HTTP/1.1\r\nHost: tool\r\n", a.method, route, id)
	scope, sent := "", ""
	if m.sent != "" {
		sent = "Bearer " + m.sent
	}
	if of < sessions {
		a.scope = &h.now[of]
		a.others = append(slices.Delete(slices.Clone(h.now), of, of+1), h.past...)
		m.Shuffle(len(a.others), func(i, j int) { a.others[i], a.others[j] = a.others[j], a.others[i] })
		a.others = a.others[:3]
		scope = a.scope.Header()
	}
	if scope+sent != "" {
		_, _ = fmt.Fprintf(out, "%s: %s\r\n", scopeHeader, wire.MaskSecrets(scope, sent))
	}
	out.WriteString("\r\n")
	return a
}

// read reads an answer and reports that another may follow.
func (h *hunt) read(in *bufio.Reader, a asked) bool {
	res, err := http.ReadResponse(in, &http.Request{Method: a.method})
	if err != nil {
		h.t.Errorf("%s: no answer: %v", a.id, err)
		return false
	}
	body, broken := io.ReadAll(res.Body)
	what, err := a.outcome(res, body, broken)
	if err != nil {
		h.t.Errorf("%s: %s %d of %s, answered with %d: %.1000v", a.id, a.method, a.status, a.media, res.StatusCode, err)
	}
	h.count(what)
	return broken == nil && !res.Close
}

// outcome is what became of the answer, and what is wrong with that.
func (a asked) outcome(res *http.Response, body []byte, broken error) (string, error) {
	if res.Status != fmt.Sprintf("%d %s", res.StatusCode, http.StatusText(res.StatusCode)) {
		return "", fmt.Errorf("its status is %q", res.Status)
	}
	for name, values := range res.Trailer {
		if len(values) > 0 { // announced at most
			return "", fmt.Errorf("its trailer %s is %q", name, values)
		}
	}
	if found := leaked.Find(body); found != nil && ofGateway(res, body) {
		return "", fmt.Errorf("in place of the answer stands %q", found)
	}
	if ofGateway(res, body) {
		if broken != nil || !a.mayBeWithheld() {
			return "", fmt.Errorf("it is withheld: %.200q, %w", body, broken)
		}
		return "withheld", nil
	}
	cut := broken != nil || a.broken && a.closes
	switch {
	case res.StatusCode != a.status || a.spoiled && !a.without() && !cut:
		return "", fmt.Errorf("it comes: %.200q", body)
	case broken != nil && !a.broken:
		return "", broken
	}
	want, what := a.body, "whole"
	if a.without() {
		want = nil
	}
	if cut {
		what = "broken off"
		if at := bytes.Index(body, []byte("event: error\n")); at >= 0 && !leaked.Match(body[at:]) && bytes.Count(body[at:], []byte("\n\n")) == 1 {
			body = body[:at] // the filter's last word
		}
	}
	return what, errors.Join(a.whole(body, want, cut), a.shown(res.Header))
}

// ofGateway reports an answer of the filter or of Envoy in place of the tool's.
func ofGateway(res *http.Response, body []byte) bool {
	media := res.Header.Get("Content-Type")
	return media == problemMedia && strings.Contains(string(body), "answer_withheld") ||
		res.StatusCode >= 500 && media == "text/plain" && strings.HasPrefix(string(body), "upstream ")
}

// mayBeWithheld reports an answer that something is wrong with.
func (a asked) mayBeWithheld() bool {
	kind, _ := a.policy.Kind(a.media)
	return a.spoiled || a.broken || a.inLine && kind != mask.JSON || a.faulty && strings.Contains(text(a.body), "crash now")
}

// shown compares the headers that came with those that were planted.
func (a asked) shown(came http.Header) error {
	for _, p := range a.headers {
		got := came.Values(p.name)
		hidden := p.name == "X-Customer" || p.name == "Set-Cookie"
		switch {
		case hidden && len(got) == 0:
			continue
		case hidden || len(got) != 1:
			return fmt.Errorf("%s: %q", p.name, got)
		}
		if err := a.whole([]byte(got[0]), p.bits, false); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}
