package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCanonicalJSONIsLossless(t *testing.T) {
	args := Args{
		"text":  {Kind: String, Text: "a\"\\\n\x01é😀"},
		"id":    {Kind: ID, Text: "ch_1"},
		"enum":  {Kind: Enum, Text: "x"},
		"int":   {Kind: Integer, Int: -9223372036854775808},
		"yes":   {Kind: Bool, Bool: true},
		"no":    {Kind: Bool},
		"bare":  {Kind: Money, Int: 4000},
		"price": {Kind: Money, Int: 4000, Text: "USD"},
		"list":  {Kind: List, List: []Value{{Kind: String, Text: "a"}, {Kind: Integer, Int: -1}}},
		"dec":   {Kind: Decimal, Text: "1.50"},
		"time":  {Kind: Time, Text: "2026-01-02T03:04:05Z"},
		"obj":   {Kind: Object, Fields: map[string]Value{"a": {Kind: ID, Text: "x"}, "b": {Kind: List, List: []Value{{Kind: Bool}}}}},
	}
	const want = `{"bare":{"money":4000},"dec":{"decimal":"1.50"},"enum":{"enum":"x"},"id":{"id":"ch_1"},"int":{"integer":-9223372036854775808},` +
		`"list":{"list":[{"text":"a"},{"integer":-1}]},"no":{"bool":false},"obj":{"object":{"a":{"id":"x"},"b":{"list":[{"bool":false}]}}},"price":{"money":4000,"currency":"USD"},"text":{"text":"a\"\\\n\u0001é😀"},"time":{"time":"2026-01-02T03:04:05Z"},"yes":{"bool":true}}`
	if diff := cmp.Diff(want, string(MarshalArgs(args))); diff != "" {
		t.Error(diff)
	}
	got, err := UnmarshalArgs(MarshalArgs(args))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(args, got); diff != "" {
		t.Error(diff)
	}
	facts := Facts{"charge": Record(args), "empty": {}}
	read, err := UnmarshalFacts(MarshalFacts(facts))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(facts, read); diff != "" {
		t.Error(diff)
	}
	if string(MarshalArgs(nil)) != "{}" || string(MarshalFacts(nil)) != "{}" {
		t.Error("nothing is not written as {}")
	}
}

func TestCanonicalJSONThatIsNotRead(t *testing.T) {
	for _, text := range []string{
		"", "null", "[]", `{"a":1}`, `{"a":{}}`, `{"a":{"none":""}}`, `{"a":{"":"x"}}`, `{"a":{"id":1}}`, `{"a":{"integer":"1"}}`, `{"a":{"integer":1.0}}`,
		`{"a":{"integer":01}}`, `{"a":{"bool":"true"}}`, `{"a":{"list":"x"}}`, `{"a":{"list":[1]}}`, `{"a":{"list":["a"]}}`, `{"a":{"object":[]}}`, `{"a":{"object":{"b":1}}}`, `{"a":{"decimal":1.5}}`, `{"a":{"time":1}}`, `{"a":{"id":"x","text":"y"}}`,
		`{"a":{"money":1,"currency":""}}`, `{"a":{"currency":"USD","money":1}}`, `{"a":{"id":"x"},"a":{"id":"y"}}`, `{"a":{"id":"x"}} x`,
	} {
		if got, err := UnmarshalArgs([]byte(text)); err == nil {
			t.Errorf("%s was read as arguments %v", text, got)
		}
		if got, err := UnmarshalFacts([]byte(`{"f":` + text + `}`)); err == nil {
			t.Errorf("%s was read as a fact %v", text, got)
		}
	}
}

func TestDigest(t *testing.T) {
	call := Call{Tool: "stripe", Action: "stripe.charge.get", Args: Args{"charge": {Kind: ID, Text: "ch_1"}}}
	const want = "sha256:"
	digest := Digest(call)
	if len(digest) != len(want)+64 || digest[:len(want)] != want {
		t.Fatalf("Digest = %s", digest)
	}
	keyed := call
	keyed.ClientKey = "k"
	if Digest(keyed) != digest {
		t.Error("the client's key is part of the digest")
	}
	for name, other := range map[string]Call{
		"tool":    {Tool: "stripe2", Action: call.Action, Args: call.Args},
		"action":  {Tool: call.Tool, Action: "stripe.refund.get", Args: call.Args},
		"value":   {Tool: call.Tool, Action: call.Action, Args: Args{"charge": {Kind: ID, Text: "ch_2"}}},
		"kind":    {Tool: call.Tool, Action: call.Action, Args: Args{"charge": {Kind: String, Text: "ch_1"}}},
		"name":    {Tool: call.Tool, Action: call.Action, Args: Args{"refund": {Kind: ID, Text: "ch_1"}}},
		"no args": {Tool: call.Tool, Action: call.Action},
		"invalid": {Tool: call.Tool, Action: call.Action, Args: Args{"charge": {Kind: ID, Text: "\xff"}}},
		"other":   {Tool: call.Tool, Action: call.Action, Args: Args{"charge": {Kind: ID, Text: "\xfe"}}},
		"quotes":  {Tool: "stripe\"", Action: call.Action, Args: call.Args},
	} {
		got := Digest(other)
		if got == digest {
			t.Errorf("another %s has the same digest", name)
		}
	}
	invalid := Call{Args: Args{"a": {Kind: String, Text: "\xff"}}}
	if Digest(invalid) == Digest(Call{Args: Args{"a": {Kind: String, Text: "\xfe"}}}) {
		t.Error("two texts that are not UTF-8 have one digest")
	}
}
