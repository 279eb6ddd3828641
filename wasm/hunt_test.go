package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// The hunt: a tool makes answers with planted values by chance and sends them as badly
// as it can, to many clients of several sessions at once. Of each answer it is known
// what must come of every byte.
//
//	HUNT_ROUNDS=1000 SALLYPORT_SEED=7 go test ./wasm -run '^TestMaskInEnvoy$/^hunt$' -v

const (
	fewRounds  = 5
	usualSeed  = 1  // so that a check hunts what the one before did
	atOnce     = 32 // clients of a round
	sessions   = 8
	warmRounds = 50 // behind them Envoy's memory hardly grows
)

// hunt is one run.
type hunt struct {
	t     *testing.T
	p     *proxy
	tool  *chaos
	rules map[string]mask.Policy
	now   []surrogate.Scope // of the sessions
	past  []surrogate.Scope // under keys that were turned

	mu    sync.Mutex
	tally map[string]int
}

// huntRules are those of the routes to the tool of the hunt.
func huntRules() map[string]mask.Policy {
	all := mask.Default()
	all.Media = append(all.Media, "text/event-stream", "application/x-www-form-urlencoded")
	tenant, email := all, all
	tenant.Drop = map[string]bool{mask.Fold("internal_note"): true}
	tenant.Pass = map[string]bool{mask.Fold("display_name"): true}
	tenant.Show = pii.Set(0).With(pii.Card).With(pii.Email)
	email.Types = pii.Set(0).With(pii.Email)
	return map[string]mask.Policy{"/hunt-all": all, "/hunt-tenant": tenant, "/hunt-email": email}
}

func testHunt(t *testing.T, p *proxy, tool *chaos) {
	rounds, seed := setting(t, "HUNT_ROUNDS", fewRounds), setting(t, "SALLYPORT_SEED", usualSeed)
	t.Logf("SALLYPORT_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0)) // #nosec G404 -- to be repeated
	h := &hunt{t: t, p: p, tool: tool, rules: huntRules(), tally: map[string]int{}}
	for n := range sessions {
		h.now = append(h.now, scopeOf(r, n))
	}
	warm := 0
	for round := range rounds {
		var all sync.WaitGroup
		for n := range uint64(atOnce) {
			m := &maker{Rand: rand.New(rand.NewPCG(seed, round*atOnce+n+1))} // #nosec G404 -- to be repeated
			all.Go(func() { h.client(m, fmt.Sprint(round, "-", n)) })
		}
		all.Wait()
		n := r.IntN(sessions) // a key is turned
		h.past = append(h.past, h.now[n])[max(0, len(h.past)-sessions):]
		if h.now[n] = scopeOf(r, n); round == warmRounds {
			warm = p.resident(t)
		}
	}
	if grown := p.resident(t) - warm; warm > 0 && grown > 64<<20 {
		t.Errorf("Envoy grew by %d MiB", grown>>20)
	}
	h.elsewhere()
	t.Logf("%d rounds, %v", rounds, h.tally)
	if h.tally["whole"] == 0 || h.tally["withheld"] == 0 {
		t.Error("nothing was hunted")
	}
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// scopeOf is that of a session, under a new key.
func scopeOf(r *rand.Rand, n int) surrogate.Scope {
	s := surrogate.Scope{Key: surrogate.Key{Version: byte(1 + r.IntN(3))}, Subject: surrogate.Subject{byte(n)}, Tool: "zendesk"}
	for at := 0; at < len(s.Key.Bytes); at += 8 {
		binary.LittleEndian.PutUint64(s.Key.Bytes[at:], r.Uint64())
	}
	return s
}

// leaked is what nothing but a planted value has.
var leaked = regexp.MustCompile(`(?i)[qxzvkw]{6}`)

// elsewhere looks for what was planted where no answer goes.
func (h *hunt) elsewhere() {
	access, err := os.ReadFile(filepath.Join(h.p.dir, "access.log"))
	if err != nil {
		h.t.Error(err)
	}
	places := map[string][]byte{"the log": []byte(h.p.log.String()), "the access log": access}
	for _, path := range []string{"stats", "clusters", "config_dump", "listeners", "server_info"} {
		res, err := h.p.admin.Get("http://envoy/" + path)
		if err != nil {
			h.t.Error(err)
			continue
		}
		var text bytes.Buffer
		_, err = text.ReadFrom(res.Body)
		if places[path] = text.Bytes(); err != nil || res.Body.Close() != nil || text.Len() == 0 {
			h.t.Errorf("%s: %v", path, err)
		}
	}
	for place, text := range places {
		if found := leaked.Find(text); found != nil {
			h.t.Errorf("%s has %q", place, found)
		}
	}
}

func (h *hunt) count(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tally[what]++
}

// dial connects to one of the listeners.
func (h *hunt) dial(url string) (net.Conn, error) {
	conn, err := net.Dial("tcp", url[len("http://"):])
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(within))
}
