package limit

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What is written by hand is what encoding/json reads, whatever a key has in it.
func TestEncodedCountersAreJSON(t *testing.T) {
	end := time.Date(2026, 11, 21, 13, 0, 0, 5, time.FixedZone("", 3600))
	for name, counters := range map[string]map[string]counter{
		"none": {},
		"one":  {"4:acme5:calls": {Tenant: "acme", Used: 7, End: end.UTC()}},
		"several, with what JSON escapes": {
			"a":                 {Tenant: "acme", Used: 1 << 62, End: end},
			"\"\\\n<&>\u2028 é": {Tenant: "a\"b", Used: 0, End: end.UTC()},
			"":                  {Tenant: "", Used: 1, End: end.UTC()},
		},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := encode(counters)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]counter
			if err := json.Unmarshal(data, &got); err != nil {
				t.Fatalf("%v: %s", err, data)
			}
			if diff := cmp.Diff(counters, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	counters := map[string]counter{}
	for i := range 4000 {
		counters[joinKey([]string{"acme", "calls", "1m", (time.Duration(i) * time.Second).String()})] = counter{Tenant: "acme", Used: int64(i), End: time.Unix(1_800_000_000, 0).UTC()}
	}
	for b.Loop() {
		if _, err := encode(counters); err != nil {
			b.Fatal(err)
		}
	}
}
