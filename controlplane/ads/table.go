package ads

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// item is one version of one resource.
type item struct {
	name      string
	published string // digest of what was published
	version   string // digest of body
	body      *anypb.Any
	invalid   error // it breaks Envoy's own rules and is not sent
}

// refusal is a version that is not to be sent again.
type refusal struct{ version, why string }

// table is what is known about the resources of one type.
type table struct {
	label   string
	wanted  map[string]item
	good    map[string]item // the last version that an Envoy accepted
	refused map[string]refusal
	// company is how many resources a response with this one may have, once one
	// like it was refused: the guilty one is among them.
	company map[string]int
}

func newTable(label string) *table {
	return &table{
		label: label, wanted: map[string]item{}, good: map[string]item{}, refused: map[string]refusal{}, company: map[string]int{},
	}
}

// digest names each resource's version by its bytes.
func digest(resources Resources) map[string]item {
	out := make(map[string]item, len(resources))
	for name, r := range resources {
		i := item{name: name, body: &anypb.Any{}}
		i.invalid = anypb.MarshalFrom(i.body, r, proto.MarshalOptions{Deterministic: true})
		if v, ok := r.(interface{ ValidateAll() error }); ok && i.invalid == nil {
			i.invalid = v.ValidateAll()
		}
		i.published = sum(i.body)
		i.version = i.published
		out[name] = i
	}
	return out
}

func sum(body *anypb.Any) string {
	digest := sha256.Sum256(body.GetValue())
	return hex.EncodeToString(digest[:16])
}

// want replaces what is wanted. A new version is a new chance.
func (t *table) want(next map[string]item) {
	for name, before := range t.wanted {
		now, ok := next[name]
		if ok && now.published == before.published {
			next[name] = before
			continue
		}
		delete(t.refused, name)
		delete(t.company, name)
		if !ok {
			delete(t.good, name)
		}
	}
	for name, i := range next {
		if i.invalid != nil {
			t.refused[name] = refusal{version: i.version, why: i.invalid.Error()}
		}
	}
	t.wanted = next
}

// serve is the version to send: the wanted one, or the last good one when that
// was refused. False: leave Envoy what it has.
func (t *table) serve(name string) (item, bool) {
	wanted := t.wanted[name]
	if r, ok := t.refused[name]; ok && r.version == wanted.version {
		good, ok := t.good[name]
		return good, ok
	}
	return wanted, true
}

// missing is what an Envoy lacks of the wanted state, and what it has too much.
func (t *table) missing(has map[string]string) (come []item, gone []string) {
	for _, name := range names(t.wanted) {
		if i, ok := t.serve(name); ok && has[name] != i.version {
			come = append(come, i)
		}
	}
	for _, name := range names(has) {
		if _, ok := t.wanted[name]; !ok {
			gone = append(gone, name)
		}
	}
	return come, gone
}

// batch is as much of items as may travel in one response.
func (t *table) batch(items []item) []item {
	most := math.MaxInt
	for n, i := range items {
		if c, ok := t.company[i.name]; ok {
			most = min(most, c)
		}
		if n >= most {
			return items[:n]
		}
	}
	return items
}

// accept takes an acknowledgement.
func (t *table) accept(items []item) {
	for _, i := range items {
		if wanted, ok := t.wanted[i.name]; ok {
			t.good[i.name] = i
			if wanted.version == i.version {
				delete(t.company, i.name)
			}
		}
	}
}

// confirm takes an Envoy's word for what it has.
func (t *table) confirm(has map[string]string) {
	for name, version := range has {
		if wanted, ok := t.wanted[name]; ok && wanted.version == version && wanted.invalid == nil {
			t.good[name] = wanted
		}
	}
}

// reject takes a refusal. One resource alone is the guilty one; of several,
// half as many go together the next time. It returns what is known now.
func (t *table) reject(items []item, why string) string {
	if len(items) != 1 {
		for _, i := range items {
			t.company[i.name] = max(1, len(items)/2)
			if t.wanted[i.name].version == i.version {
				t.wanted[i.name] = otherBytes(i)
			}
		}
		return fmt.Sprintf("one of %d %ss, sent apart the next time", len(items), t.label[:len(t.label)-1])
	}
	i := items[0]
	if t.wanted[i.name].version == i.version {
		t.refused[i.name] = refusal{version: i.version, why: why}
	} else {
		delete(t.good, i.name) // good for another Envoy, not for this one
	}
	return t.label + i.name
}
