package surrogate

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate/siv"
)

// MaxValue is the longest value that is sealed, in bytes. What is longer becomes a
// mark.
const MaxValue = 256

const (
	placeBytes = 4
	overhead   = siv.Overhead + subjectBytes
	// subjectBytes tell people of one session apart, not all people.
	subjectBytes = 4
	keyBytes     = 32
	scopeBytes   = 1 + keyBytes + subjectBytes
)

// Errors of Session and ParseScope.
var (
	// ErrOpen says that a surrogate was not issued in this session, or was changed.
	ErrOpen = errors.New("the surrogate was not issued in this session, or it was changed")
	// ErrScope says that a text is no scope.
	ErrScope = errors.New("the scope of surrogates is malformed")
)

// Subject says whom a value is about. The zero Subject is nobody that is known.
type Subject [subjectBytes]byte

// Header spells a subject in a header's value.
func (s Subject) Header() string { return base64.RawURLEncoding.EncodeToString(s[:]) }

// ParseSubject reads what Header spells.
func ParseSubject(header string) (s Subject, err error) {
	var b [subjectBytes + 1]byte // room for what is too long by one
	if len(header) != (subjectBytes*8+5)/6 {
		return s, ErrScope
	}
	if n, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(header)); err != nil || n != subjectBytes {
		return s, ErrScope
	}
	copy(s[:], b[:])
	return s, nil
}

// Key is what the surrogates of one session are sealed with, under one version of
// the gateway's key. It is a secret.
type Key struct {
	Version byte // any number: five bits of it stand in a surrogate
	Bytes   [keyBytes]byte
}

// Scope is what the mask needs to seal the values of one answer.
type Scope struct {
	Key     Key
	Subject Subject // of the call that is answered
	Tool    string
}

// Header spells a scope in one header's value. It is a secret.
func (s Scope) Header() string {
	packed := make([]byte, 0, scopeBytes)
	packed = append(packed, s.Key.Version)
	packed = append(packed, s.Key.Bytes[:]...)
	packed = append(packed, s.Subject[:]...)
	return base64.RawURLEncoding.EncodeToString(packed) + "." + s.Tool
}

// headerSize is the length of what stands before the dot.
const headerSize = (scopeBytes*8 + 5) / 6

// ParseScope reads what Header spells.
func ParseScope(header string) (Scope, error) {
	var s Scope
	var packed [scopeBytes]byte
	if len(header) <= headerSize || header[headerSize] != '.' {
		return s, ErrScope
	}
	if n, err := base64.RawURLEncoding.Strict().Decode(packed[:], []byte(header[:headerSize])); err != nil || n != scopeBytes {
		return s, ErrScope
	}
	s.Key.Version = packed[0]
	copy(s.Key.Bytes[:], packed[1:])
	copy(s.Subject[:], packed[1+keyBytes:])
	s.Tool = header[headerSize+1:]
	return s, nil
}

// Session seals and opens the surrogates of one session under one key. It keeps
// its buffers between calls, so it MUST NOT be used by two goroutines at once.
type Session struct {
	version byte
	cipher  *siv.Cipher
	types   [pii.Types]siv.Associated // of which read says that they were read
	read    [pii.Types]bool
	subject Subject
	tool    []byte
	places  [placeSlots]knownPlace
	made    [madeSlots]made
	room    [longestSealed + slack]byte // what is sealed, behind its tag
	plain   []byte
	sealed  []byte
	shown   []byte
}

// longestSealed is the longest sealed text.
const longestSealed = overhead + placeBytes + MaxValue

// NewSession returns a Session for a key. It seals nothing usable before Enter.
func NewSession(k Key) (*Session, error) {
	cipher, err := siv.New(k.Bytes[:])
	if err != nil {
		return nil, err
	}
	return &Session{version: alphabet[k.Version%32], cipher: cipher}, nil
}

// Enter makes s seal for an answer of a tool about a subject.
func (s *Session) Enter(tool string, subject Subject) {
	if string(s.tool) == tool && s.subject == subject {
		return
	}
	s.tool, s.subject = append(s.tool[:0], tool...), subject
	s.forget()
}

// Mint appends the surrogate of a value, or its mark. A stand-in stays what it is.
func (s *Session) Mint(dst []byte, v Value) []byte {
	if len(v.Text)+len(v.Field) > longestOf || len(v.Text) == 0 {
		return s.mint(dst, &v)
	}
	hash := v.hash()
	known := &s.made[hash>>(64-madeBits)]
	if known.hash == hash && known.is(&v) {
		return append(dst, known.ink[:known.inked]...)
	}
	from := len(dst)
	dst = s.mint(dst, &v)
	known.keep(hash, &v, dst[from:])
	return dst
}

// mint is Mint of a value that was not seen lately.
func (s *Session) mint(dst []byte, v *Value) []byte {
	if len(v.Text) > 0 && v.Text[0] == '[' && (isMark(v.Text) || s.Own(v.Text) == len(v.Text)) {
		return append(dst, v.Text...)
	}
	if v.Type == pii.Secret || v.Type == pii.Text || len(v.Text) > MaxValue {
		return Mark{}.Mint(dst, *v)
	}
	return s.spell(dst, v, s.seal(v))
}

// seal leaves a value sealed in s.room, zeros behind it, and returns its length.
func (s *Session) seal(v *Value) int {
	size := siv.Overhead
	*(*Subject)(s.room[size:]) = s.subject
	size += subjectBytes
	if Bound(v.Type) {
		*(*[placeBytes]byte)(s.room[size:]) = s.place(v.Field)
		size += placeBytes
	}
	size += copy(s.room[size:longestSealed], v.Text)
	*(*[slack]byte)(s.room[size:]) = [slack]byte{}
	s.cipher.SealInPlace(s.room[:size], s.sealedFor(v.Type))
	return size
}

// sealedFor is what values of a type are sealed for.
func (s *Session) sealedFor(t pii.Type) siv.Associated {
	if !s.read[t] {
		s.types[t], s.read[t] = s.cipher.Associate(typeNames[t]), true
	}
	return s.types[t]
}

// spell appends the token of what seal left.
func (s *Session) spell(dst []byte, v *Value, size int) []byte {
	at := len(dst)
	dst = slices.Grow(dst, headRoom+inBase32(size)+spilled+len(":]")+longestVisible)
	head, out := &heads[v.Type], dst[at:cap(dst)]
	*(*[headRoom]byte)(out) = head.text
	out[head.size] = s.version
	n := int(head.size) + 1
	n += putBase32(out[n:], s.room[:], size)
	dst = dst[:at+n]
	if v.Show {
		dst = Visible(append(dst, ':'), v.Type, v.Text)
		if len(dst) == at+n+1 {
			dst = dst[:at+n]
		}
	}
	return append(dst, ']')
}

// Own is how many bytes at the beginning of text are a surrogate of this session,
// with nothing beside it that the session would not show.
func (s *Session) Own(text []byte) int {
	if len(text) == 0 || text[0] != '[' {
		return 0
	}
	t, ok := parse(text)
	if !ok {
		return 0
	}
	opened, err := s.open(t)
	if err != nil {
		return 0
	}
	if len(t.visible) > 0 {
		if s.shown = Visible(s.shown[:0], t.Type, opened); !bytes.Equal(s.shown, t.visible) {
			return 0
		}
	}
	return t.End
}

// Open returns the value that a token stands for and whom it is about. The value
// is good until s is used again.
func (s *Session) Open(t Token) (text []byte, about Subject, err error) {
	if text, err = s.open(t); err == nil {
		copy(about[:], s.plain)
	}
	return text, about, err
}

// open leaves the whole sealed text in s.plain and returns the value in it.
func (s *Session) open(t Token) ([]byte, error) {
	skip := subjectBytes
	if Bound(t.Type) {
		skip += placeBytes
	}
	sealed, ok := fromBase32(s.sealed[:0], t.body)
	s.sealed = sealed
	if !ok || t.version != s.version {
		return nil, ErrOpen
	}
	plain, err := s.cipher.Open(s.plain[:0], sealed, s.sealedFor(t.Type))
	s.plain = plain
	if err != nil || len(plain) < skip {
		return nil, ErrOpen
	}
	return plain[skip:], nil
}

// Bound reports a type of so few possible values that its surrogates are bound to
// the tool and the field they were found in.
func Bound(t pii.Type) bool {
	switch t {
	case pii.Email, pii.Name, pii.Address, pii.WeChat:
		return false
	default:
		return true
	}
}

// typeNames saves the conversion of each.
var typeNames = func() (names [pii.Types][]byte) {
	for t := range names {
		names[t] = []byte(pii.Type(t).String())
	}
	return names
}()

// headRoom is as long as the longest head, in whole words.
const headRoom = (len("[:") + longestName + 7) / 8 * 8

// heads are what tokens begin with, up to their version.
var heads = func() (heads [pii.Types]struct {
	text [headRoom]byte
	size uint8
}) {
	for t, name := range typeNames {
		heads[t].size = uint8(copy(heads[t].text[:], "["+string(name)+":"))
	}
	return heads
}()
