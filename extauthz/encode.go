package extauthz

import (
	"errors"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/wire"
)

// Numbers of the fields of a CheckResponse that the gateway writes.
const (
	responseStatus   = 1 // of CheckResponse
	responseDenied   = 2
	responseOK       = 3
	responseMetadata = 4

	statusCode = 1 // of Status and of HttpStatus

	deniedStatus  = 1 // of DeniedHttpResponse
	deniedHeaders = 2
	deniedBody    = 3

	okHeaders = 2 // of OkHttpResponse
	okRemove  = 5

	optionHeader = 1 // of HeaderValueOption
	optionAction = 3
	overwrite    = 2 // OVERWRITE_IF_EXISTS_OR_ADD

	structFields = 1 // of Struct
	valueText    = 3 // of Value
)

// reply is an encoded CheckResponse.
type reply []byte

var errNoText = errors.New("an answer has bytes that are no UTF-8")

// pass says how a request goes on. Every credential slot but slot is removed.
type pass struct {
	decision string
	tenant   string
	slot     string      // the one credential slot that may be filled, or ""
	set      [][2]string // headers that replace whatever was there
	remove   []string
	mcp      string // the id of a call over MCP, for Envoy's own answers to it
	dialect  string // in which they must be read
	mask     string // wire.MaskSecrets, or ""
	role     string // by whose rules it shows the answer, or ""
}

// usualReply is how large an answer is at most, usually.
const usualReply = 2048

// replies are the buffers of answers.
var replies = mem.NewTieredBufferPool(usualReply)

// allow is the only place that builds an answer which lets a request pass.
func allow(p pass) (reply, error) {
	e := newEncoder()
	e.message(responseStatus, func() {}) // a code of 0 is not written
	e.message(responseOK, func() {
		for _, h := range p.set {
			e.header(okHeaders, h)
		}
		for _, name := range p.remove {
			e.text(okRemove, name)
		}
		for _, slot := range wire.CredentialSlots {
			if slot != p.slot {
				e.text(okRemove, slot)
			}
		}
	})
	e.metadata(wire.VerdictAllow, p)
	return e.done()
}

// deny is the only place that builds a refusal. Its gRPC status is never 0: a
// denied answer with status 0 is an allow to Envoy.
func deny(decision, tenant string, a answer.Answer) (reply, error) {
	e := newEncoder()
	e.message(responseStatus, func() { e.number(statusCode, uint64(codes.PermissionDenied)) })
	e.message(responseDenied, func() {
		e.message(deniedStatus, func() { e.number(statusCode, uint64(a.Status)) })
		for _, h := range a.Headers {
			e.header(deniedHeaders, h)
		}
		e.text(deniedBody, string(a.Body))
	})
	e.metadata(wire.VerdictDeny, pass{decision: decision, tenant: tenant})
	return e.done()
}

// encoder appends fields as protobuf does.
type encoder struct {
	out  []byte
	fail bool
}

func newEncoder() encoder { return encoder{out: (*replies.Get(usualReply))[:0]} }

func (e *encoder) done() (reply, error) {
	if e.fail {
		return nil, errNoText
	}
	return e.out, nil
}

// message appends a message whose fields write appends. Its length is written
// before it once it is known; nearly all have less than 128 bytes.
func (e *encoder) message(number protowire.Number, write func()) {
	e.out = append(protowire.AppendTag(e.out, number, protowire.BytesType), 0)
	start := len(e.out)
	write()
	length := len(e.out) - start
	if more := protowire.SizeVarint(uint64(length)) - 1; more > 0 {
		e.out = append(e.out, make([]byte, more)...)
		copy(e.out[start+more:], e.out[start:start+length])
	}
	protowire.AppendVarint(e.out[:start-1], uint64(length))
}

func (e *encoder) number(number protowire.Number, value uint64) {
	e.out = protowire.AppendVarint(protowire.AppendTag(e.out, number, protowire.VarintType), value)
}

// text appends a text; an empty one is not written.
func (e *encoder) text(number protowire.Number, value string) {
	if value == "" {
		return
	}
	e.fail = e.fail || !utf8.ValidString(value)
	e.out = protowire.AppendString(protowire.AppendTag(e.out, number, protowire.BytesType), value)
}

// header appends a header that replaces whatever was there.
func (e *encoder) header(number protowire.Number, h [2]string) {
	e.message(number, func() {
		e.message(optionHeader, func() {
			e.text(headerKey, h[0])
			e.text(headerValue, h[1])
		})
		e.number(optionAction, overwrite)
	})
}

// metadata reaches the seal, the access log as far as it names it, and the mask: no
// argument.
func (e *encoder) metadata(verdict string, p pass) {
	e.message(responseMetadata, func() {
		for _, entry := range [...][2]string{{wire.MetaVerdict, verdict}, {wire.MetaDecision, p.decision}, {wire.MetaTenant, p.tenant}, {wire.MetaSlot, p.slot}} {
			e.entry(entry)
		}
		// Whether these are there tells calls apart.
		for _, entry := range [...][2]string{{wire.MetaMCP, p.mcp}, {wire.MetaDialect, p.dialect}, {wire.MetaMask, p.mask}, {wire.MetaRole, p.role}} {
			if entry[1] != "" {
				e.entry(entry)
			}
		}
	})
}

// entry appends a text of a Struct. It is one of several kinds: an empty text is
// written too, or it would be none.
func (e *encoder) entry(entry [2]string) {
	e.message(structFields, func() {
		e.text(entryKey, entry[0])
		e.message(entryValue, func() {
			e.fail = e.fail || !utf8.ValidString(entry[1])
			e.out = protowire.AppendString(protowire.AppendTag(e.out, valueText, protowire.BytesType), entry[1])
		})
	})
}
