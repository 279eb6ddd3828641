package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
)

// ticket is shaped like Zendesk's, with personal data in English and Chinese.
const ticket = `{"ticket": {"id": 35436, "url": "https://acme.zendesk.com/api/v2/tickets/35436.json",
  "created_at": "2026-01-15T10:00:00Z", "subject": "Charged twice",
  "description": "This is about ch_3NabcDEF1234567890. Mail ann.lee@example.com or call +1 (415) 555-0132. SSN 536-22-8745, card 4242 4242 4242 4242.",
  "requester": {"id": 9000000000001, "name": "Ann Lee", "email": "ann.lee@example.com", "phone": 4155550132},
  "comments": [{"html_body": "<p>4242&nbsp;4242&nbsp;4242&nbsp;4242</p>", "author_id": 13800138000},
    {"body": "您好，姓名：陈伟，手机号：１３８００１３８０００，邮箱chen.wei@example.cn，身份证：11010519491231002X。", "姓名": "陈伟"}],
  "tags": ["refund"], "amount": 1234567.50}}`

const maskedTicket = `{"ticket": {"id": 35436, "url": "https://acme.zendesk.com/api/v2/tickets/35436.json",
  "created_at": "2026-01-15T10:00:00Z", "subject": "Charged twice",
  "description": "This is about ch_3NabcDEF1234567890. Mail [email] or call [phone]. SSN [ssn], card [card].",
  "requester": {"id": 9000000000001, "name": "[name]", "email": "[email]", "phone": "[phone]"},
  "comments": [{"html_body": "<p>[card]</p>", "author_id": 13800138000},
    {"body": "您好，姓名：[name]，手机号：[phone]，邮箱[email]，身份证：[resident_id]。", "姓名": "[name]"}],
  "tags": ["refund"], "amount": 1234567.50}}`

// tool answers by the last part of the path. What /events sends, the test
// writes to lines.
func tool(lines <-chan string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, name, _ := strings.Cut(r.URL.Path[1:], "/")
		if name == "" {
			name = r.URL.Path[1:]
		}
		header := w.Header()
		header.Set("Content-Type", "application/json; charset=utf-8")
		if body, ok := worst[strings.TrimPrefix(name, "worst-")]; ok {
			_, _ = io.WriteString(w, body)
			return
		}
		switch name {
		case "ticket":
			_, _ = io.WriteString(w, ticket)
		case "about":
			header.Set(wire.HeaderSubject, surrogate.Subject{9}.Header())
			_, _ = io.WriteString(w, `["ann.lee@example.com"]`)
		case "echo":
			_ = json.NewEncoder(w).Encode(r.Header)
		case "pieces":
			for _, piece := range strings.SplitAfter(ticket, ",") {
				_, _ = io.WriteString(w, piece)
				w.(http.Flusher).Flush()
			}
		case "asked":
			_, _ = io.WriteString(w, `["`+r.Header.Get("Accept-Encoding")+r.Header.Get("Range")+`"]`)
		case "gzip":
			header.Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, ticket)
			_ = z.Close()
		case "encoded": // in a way in which it can be read by chance
			header.Set("Content-Encoding", "x-plain")
			_, _ = io.WriteString(w, `["secret"]`)
		case "encoded-twice":
			header["Content-Encoding"] = []string{"identity", "x-plain"}
			_, _ = io.WriteString(w, `["secret"]`)
		case "identity":
			header.Set("Content-Encoding", "identity")
			_, _ = io.WriteString(w, `["a@b.co"]`)
		case "large":
			_, _ = io.WriteString(w, `["ann.lee@example.com `+strings.Repeat("secret ", 300_000)+`"]`)
		case "broken":
			header.Set("Etag", `"secret"`)
			_, _ = io.WriteString(w, `{"x":"secret"`)
		case "binary":
			header.Set("Content-Type", "application/octet-stream")
			_, _ = io.WriteString(w, "secret")
		case "charset":
			header.Set("Content-Type", "text/plain; charset=gb18030")
			_, _ = io.WriteString(w, "secret")
		case "untyped":
			header["Content-Type"] = nil
			_, _ = io.WriteString(w, "secret")
		case "part":
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, `"secret"`)
		case "served-by":
			header.Set(wire.RulesHeader, r.URL.Query().Get("by"))
			_, _ = io.WriteString(w, `["ann.lee@example.com 4242 4242 4242 4242"]`)
		case "missing":
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"error":"no ann.lee@example.com"}`)
		case "empty":
			header.Set("Content-Type", "image/png")
		case "none":
			header.Del("Content-Type")
			w.WriteHeader(http.StatusNoContent)
		case "unchanged":
			w.WriteHeader(http.StatusNotModified)
		case "headers":
			header.Set("Location", "/find?email=ann.lee%40example.com&name=Ann+Lee")
			header["Link"] = []string{"a", "for ann.lee@example.com"}
			_, _ = io.WriteString(w, `{}`)
		case "odd-headers":
			header.Set("Content-Type", `text/plain; name="ann.lee@example.com"`)
			header.Set("Date", "ann.lee@example.com")
			_, _ = io.WriteString(w, "x")
		case "said-back":
			header.Set("Location", "/tulipmeadowriver")
			_, _ = io.WriteString(w, `["no tulipmeadowriver"]`)
		case "said-back-in-events":
			header.Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: tulipmeadowriver\n\n")
		case "two-types":
			header["Content-Type"] = []string{"text/plain; x=1", "application/pdf"}
			_, _ = io.WriteString(w, "secret")
		case "trailers":
			header.Set("Trailer", "X-Secret")
			_, _ = io.WriteString(w, `["ann.lee@example.com"]`)
			header.Set("X-Secret", "ann.lee@example.com")
		case "events-with-trailers":
			header.Set("Content-Type", "text/event-stream")
			header.Set("Trailer", "X-Secret")
			_, _ = io.WriteString(w, "data: ann.lee@example.com")
			header.Set("X-Secret", "ann.lee@example.com")
		case "events-at-once":
			header.Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: ann.lee@\n\ndata: example.com\n\n")
		case "events-reset":
			header.Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, "data: first\n\ndata: {\"x\":\"ann.lee@example.com\"")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		case "events":
			header.Set("Content-Type", "text/event-stream")
			w.WriteHeader(http.StatusOK)
			for line := range lines {
				_, _ = io.WriteString(w, line)
				w.(http.Flusher).Flush()
			}
		case "turns":
			header.Set("Content-Type", "text/event-stream")
			if about := r.URL.Query().Get("about"); about != "" {
				header.Set(wire.HeaderSubject, about)
			}
			w.WriteHeader(http.StatusOK)
			for line := range turns[r.URL.Query().Get("of")] {
				_, _ = io.WriteString(w, line)
				w.(http.Flusher).Flush()
			}
		case "late":
			header.Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, "Mail ann.lee@")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, <-lines)
		case "crash", "grow":
			_, _ = io.WriteString(w, `["`+name+` now, ann.lee@example.com"]`)
		case "reset":
			header.Set("Content-Length", "100000")
			breakOff(w)
		case "reset-chunked":
			breakOff(w)
		case "unframed":
			unframed(w, r.URL.Query().Get("media"), r.URL.Query().Get("body"))
		case "cut-character":
			_, _ = io.WriteString(w, "[\"secret \xe5\xbc\"]")
		case "five-mebibytes":
			_, _ = io.WriteString(w, `["ann.lee@example.com `+strings.Repeat("secret ", 750_000)+`"]`)
		case "own-headers":
			header["Set-Cookie"] = []string{"session=secret", "b=secret"}
			header.Set("X-Backend-Host", "secret.internal")
			header.Set("X-Powered-By", "secret")
			header.Set(wire.Prefix+"note", "ann.lee@example.com")
			header.Set("Stripe-Version", "2026-01-01")
			header.Set("X-Rate-Limit-Remaining", "7")
			header.Set("Retry-After", "3")
			_, _ = io.WriteString(w, `{}`)
		}
	})
}

// breakOff ends the connection in the middle of an answer.
func breakOff(w http.ResponseWriter) {
	_, _ = io.WriteString(w, `["ann.lee@example.com, secret `)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// unframed answers with what ends with its connection.
func unframed(w http.ResponseWriter, media, body string) {
	conn, out, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(out, "HTTP/1.1 200 OK\r\nContent-Type: "+media+"\r\n\r\n"+body)
	_ = out.Flush()
}

// worst are bodies of 900 KiB that would be slow to search if anything were searched
// more than a few times.
var worst = func() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, 900<<10/len(s)) }
	names := &strings.Builder{}
	for i := range 4000 {
		_, _ = fmt.Fprintf(names, `{"name":"Ann%d Lee"},`, i)
	}
	return map[string]string{
		"digits":   `["` + fill("4") + `"]`,
		"groups":   `["` + fill("4242 ") + `"]`,
		"ats":      `["` + fill("a@") + `"]`,
		"dots":     `["` + fill("a.b@c.") + `"]`,
		"colons":   `["` + fill(":1") + `"]`,
		"keys":     `["` + fill("-----BEGIN PRIVATE KEY-----") + `"]`,
		"escapes":  `["` + fill("\\u0040") + `"]`,
		"percents": `["` + fill("%25") + `"]`,
		"Chinese":  `["` + fill("姓名：北京市") + `"]`,
		"titles":   `["` + fill("Mr. ") + `"]`,
		"door":     `["Mr. Lee` + fill("0先") + `"]`,
		"label":    `["` + fill("姓名：My name is ") + `"]`,
		"braces":   `["` + fill("{[") + `"]`,
		"lists":    fill("["),
		"names":    `[` + names.String() + `"` + fill("Ann1 ") + `"]`,
	}
}()
