package audit

import (
	"path/filepath"
	"testing"
	"time"
)

// What nobody shipped yet is found by its decision, in a segment that is still
// written as in one that is sealed, and no other's is.
func TestWaitingFindsADecision(t *testing.T) {
	dir := t.TempDir()
	if rows, err := Waiting(filepath.Join(dir, "absent"), "dec-1"); err != nil || rows != nil {
		t.Errorf("a folder that is not there: %v %v", rows, err)
	}
	s := realSpool(t, dir, time.Hour)
	for _, step := range []string{"agent", "facts"} {
		for _, id := range []string{"dec-1", "dec-2"} {
			if err := s.Record(Record{Table: Decisions, Decision: &Decision{Time: time.Unix(1_790_000_000, 0), Tenant: "acme", ID: id, Step: step}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Durable(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := Waiting(dir, "dec-1")
	if err != nil || len(rows) != 2 || rows[0].Step != "agent" || rows[1].Step != "facts" || rows[0].ID != "dec-1" {
		t.Errorf("got %v %v", rows, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if sealed, err := Waiting(dir, "dec-2"); err != nil || len(sealed) != 2 {
		t.Errorf("after the end: %v %v", sealed, err)
	}
}
