package mcpserver

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/token"
)

// sessionFor is how long a session id is good for. It gives no right, which only
// the token does, so it may be as long as any client lives.
const sessionFor = 7 * 24 * time.Hour

// sessionPrefix begins every session id and says how it is made.
const sessionPrefix = "mcp1."

const (
	randomBytes  = 16
	payloadBytes = 8 + 1 + randomBytes // when it ends, in seconds, what its client can be asked, and what makes it unique
)

// Sessions makes and opens session ids. They are sealed to the tenant, the agent
// and the session of a token and hold nothing else, so that nobody can use another
// one's. It is safe for concurrent use.
//
// Those that clients ended are remembered by this process alone, the last
// maxEnded of them: an id that is taken for good once more gives nobody anything.
type Sessions struct {
	key   []byte
	mu    sync.Mutex
	ended map[string]bool
	order []string // of ended, oldest first
}

// maxEnded bounds what is remembered.
const maxEnded = 1 << 14

// NewSessions returns Sessions; the key is of its own purpose.
func NewSessions(key []byte) *Sessions { return &Sessions{key: key, ended: map[string]bool{}} }

// End forgets a session that was opened.
func (s *Sessions) End(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.order) == maxEnded {
		delete(s.ended, s.order[0])
		s.order = s.order[1:]
	}
	if !s.ended[id] {
		id = strings.Clone(id) // it is cut out of a whole request
		s.ended[id], s.order = true, append(s.order, id)
	}
}

func (s *Sessions) over(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended[id]
}

// New is a new session id of a client that can be asked some things.
func (s *Sessions) New(of token.Identity, can client.Asks, now time.Time) string {
	var payload [payloadBytes]byte
	binary.BigEndian.PutUint64(payload[:], uint64(now.Add(sessionFor).Unix()))
	payload[8] = byte(can)
	_, _ = rand.Read(payload[9:]) // never fails: it ends the process instead
	return sessionPrefix + encode(payload[:]) + "." + encode(s.mac(of, payload[:]))
}

// Open says whether a session id is this identity's and good now.
func (s *Sessions) Open(id string, of token.Identity, now time.Time) bool {
	rest, ours := strings.CutPrefix(id, sessionPrefix)
	first, second, whole := strings.Cut(rest, ".")
	payload, ok := decode(first)
	mac, also := decode(second)
	if !ours || !whole || !ok || !also || len(payload) != payloadBytes || !hmac.Equal(mac, s.mac(of, payload)) {
		return false
	}
	return now.Unix() < int64(binary.BigEndian.Uint64(payload)) && !s.over(id)
}

// sessionAsks are what the client of a session can be asked. It is read where the
// id was opened before; what somebody else writes there is told to that one.
func sessionAsks(id string) client.Asks {
	rest, ours := strings.CutPrefix(id, sessionPrefix)
	first, _, _ := strings.Cut(rest, ".")
	payload, ok := decode(first)
	if !ours || !ok || len(payload) != payloadBytes {
		return 0
	}
	return client.Asks(payload[8])
}

// mac is over each part with its length, so that no two owners look alike.
func (s *Sessions) mac(of token.Identity, payload []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	var length [8]byte
	for _, part := range []string{"sallyport mcp session", of.Tenant, of.Agent, of.Session.ID, string(payload)} {
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		_, _ = h.Write(length[:])
		_, _ = h.Write([]byte(part))
	}
	return h.Sum(nil)
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// decode takes base64 in the one way it is spelt.
func decode(text string) ([]byte, bool) {
	data, err := base64.RawURLEncoding.DecodeString(text)
	return data, err == nil && encode(data) == text
}
