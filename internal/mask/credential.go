package mask

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Credential is what a tool was sent to let the call in, and may say back: it is hidden
// wherever it stands, whatever it looks like. It may be that of several tools. The nil
// Credential is none.
type Credential struct {
	spellings [][]byte
	windows   map[uint64]struct{} // of all spellings, eight bytes each
	sieve     [1 << sieveBits / 64]uint64
	stride    int // any spelling has a whole window at a multiple of it
}

const (
	// fewestCredential is how many bytes are told from words by chance.
	fewestCredential = 12
	window           = 8
	sieveBits        = 13
)

// NewCredential reads values of headers, a line each: a scheme and what it lets in by, or
// that alone. If all are short it is nil.
func NewCredential(headers string) *Credential {
	c := &Credential{windows: map[uint64]struct{}{}}
	for header := range strings.SplitSeq(headers, "\n") {
		c.header(header)
	}
	if len(c.spellings) == 0 {
		return nil
	}
	return c
}

// header adds the value of one.
func (c *Credential) header(header string) {
	_, said, more := strings.Cut(header, " ")
	if !more {
		said = header
	}
	c.add(said)
	if plain, err := base64.StdEncoding.DecodeString(said); err == nil && more { // a user and a password
		user, password, _ := strings.Cut(string(plain), ":")
		c.add(string(plain))
		c.add(password)
		if password == "" {
			c.add(user)
		}
	}
}

// add adds a text as it is, and as programs spell it in JSON, HTML and addresses.
func (c *Credential) add(text string) {
	c.spell(text)
	for _, how := range spellings {
		if spelled := how.Replace(text); spelled != text {
			c.spell(spelled)
		}
	}
}

// spell adds one spelling.
func (c *Credential) spell(spelled string) {
	if len(spelled) < fewestCredential {
		return
	}
	for at := range len(spelled) - window + 1 {
		w := binary.LittleEndian.Uint64([]byte(spelled[at : at+window]))
		c.windows[w] = struct{}{}
		c.sieve[sieved(w)/64] |= 1 << (sieved(w) % 64)
	}
	if stride := len(spelled) - window + 1; c.stride == 0 || stride < c.stride {
		c.stride = stride
	}
	c.spellings = append(c.spellings, []byte(spelled))
}

// spellings escape what stands in credentials and means something in an address, in JSON
// and in HTML: no program escapes its letters and digits.
var spellings = [...]*strings.Replacer{
	strings.NewReplacer("%", "%25", "+", "%2B", "/", "%2F", "=", "%3D", ":", "%3A", "@", "%40"),
	strings.NewReplacer("%", "%25", "+", "%2b", "/", "%2f", "=", "%3d", ":", "%3a", "@", "%40"),
	strings.NewReplacer("/", `\/`), strings.NewReplacer("+", `\u002B`), strings.NewReplacer("=", `\u003d`),
	strings.NewReplacer("+", "&#43;"), strings.NewReplacer("+", "&#x2B;"), strings.NewReplacer("/", "&#x2F;", "=", "&#x3D;"), strings.NewReplacer("=", "&#x3D;"),
}

// sieved is the place of a window in the sieve.
func sieved(w uint64) uint64 { return w * 0x9e3779b97f4a7c15 >> (64 - sieveBits) }

// mayBeIn reports that some of it may stand in a text. It looks at a few windows alone:
// every answer is searched.
func (c *Credential) mayBeIn(text []byte) bool {
	for at := 0; at+window <= len(text); at += c.stride {
		w := binary.LittleEndian.Uint64(text[at:])
		if at := sieved(w); c.sieve[at/64]>>(at%64)&1 == 0 {
			continue
		}
		if _, known := c.windows[w]; known {
			return true
		}
	}
	return false
}

// secretMark stands for it.
var secretMark = surrogate.Mark{}.Mint(nil, surrogate.Value{Type: pii.Secret})

// Hide makes m hide a credential from the next body on.
func (m *Masker) Hide(c *Credential) { m.credential = c }

// discreet is src with a mark in place of each credential, counted.
func (m *Masker) discreet(src []byte, report *Report) []byte {
	if m.credential == nil || !m.credential.mayBeIn(src) {
		return src
	}
	for _, spelled := range m.credential.spellings {
		if n := bytes.Count(src, spelled); n > 0 {
			report[pii.Secret] += n
			src = bytes.ReplaceAll(src, spelled, secretMark)
		}
	}
	return src
}
