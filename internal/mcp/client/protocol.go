package client

import (
	"encoding/json"
	"slices"
)

// Protocol is the era a server speaks.
type Protocol string

// The eras. The older one has a session, opened with initialize; the newer one
// has none, and every request says the version itself.
const (
	Sessions  Protocol = "2025-11-25"
	Stateless Protocol = "2026-07-28"
)

// Known says whether the gateway speaks it.
func (p Protocol) Known() bool { return p == Sessions || p == Stateless }

// versions a server may agree to when it is asked for Sessions: their calls and
// answers are the same.
var versions = []string{string(Sessions), "2025-06-18", "2025-03-26"}

// IsVersion says whether a text is a version that a request of this era may name.
func (p Protocol) IsVersion(text string) bool {
	if p == Stateless {
		return text == string(Stateless)
	}
	return slices.Contains(versions, text)
}

// Request headers of MCP, lower case.
const (
	HeaderSession = "mcp-session-id"
	HeaderVersion = "mcp-protocol-version"
	HeaderMethod  = "mcp-method"
	HeaderName    = "mcp-name"
)

// maxSessionID is longer than any server's.
const maxSessionID = 256

// IsSessionID says whether a text may be a session's id: visible ASCII.
func IsSessionID(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text != "" && len(text) <= maxSessionID
}

// meta is what every request of the newer era repeats.
const (
	metaBegin   = `"_meta":{"io.modelcontextprotocol/clientCapabilities":`
	metaInfo    = `,"io.modelcontextprotocol/clientInfo":{"name":"sallyport","version":"1"},`
	metaLog     = "io.modelcontextprotocol/logLevel"
	metaVersion = `"io.modelcontextprotocol/protocolVersion":"2026-07-28"`
	meta        = metaBegin + "{}" + metaInfo + metaVersion + "}"
)

// quote writes a JSON text without the escapes for HTML.
func quote(text string) []byte {
	out, err := marshal(text)
	if err != nil {
		return []byte(`""`) // a text always has an encoding
	}
	return out
}

func quoted(raw json.RawMessage) (string, bool) {
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err == nil
}
