package ledger

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var everyState = []State{"", Waiting, Approved, Executing, Succeeded, Failed, Unknown, Denied, Expired, Cancelled, "lost"}

// Written out a second time, on purpose: a transition that is added by mistake
// is one that could send money twice.
func TestTransitions(t *testing.T) {
	want := map[Move][]string{
		Opening: {
			" executing", " waiting", "failed executing", "failed waiting", "waiting expired",
		},
		Voting: {"waiting approved", "waiting denied", "waiting waiting"},
		Advancing: {
			"approved cancelled", "approved denied", "approved expired", "approved waiting",
			"executing approved", "executing denied", "executing executing", "executing failed", "executing succeeded", "executing unknown", "executing waiting",
			"unknown failed", "unknown succeeded", "unknown unknown",
			"waiting cancelled", "waiting denied", "waiting expired", "waiting waiting",
		},
		Editing:  {"waiting waiting"},
		Claiming: {"approved executing", "executing approved", "executing unknown", "unknown unknown", "waiting expired", "waiting waiting"},
	}
	got := map[Move]map[string]bool{}
	for by := Move(0); by < 8; by++ {
		for _, from := range everyState {
			for _, to := range everyState {
				if !Next(by, from, to) {
					continue
				}
				if got[by] == nil {
					got[by] = map[string]bool{}
				}
				got[by][string(from)+" "+string(to)] = true
			}
		}
	}
	wanted := map[Move]map[string]bool{}
	for by, transitions := range want {
		wanted[by] = map[string]bool{}
		for _, t := range transitions {
			wanted[by][t] = true
		}
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestStates(t *testing.T) {
	type about struct {
		Final, Known bool
		Keeping      string
	}
	want := map[State]about{
		"": {true, false, released}, "lost": {true, false, released},
		Waiting: {false, true, reserved}, Approved: {false, true, reserved},
		Executing: {false, true, reserved}, Unknown: {false, true, reserved},
		Succeeded: {true, true, committed}, Failed: {true, true, released},
		Denied: {true, true, released}, Expired: {true, true, released}, Cancelled: {true, true, released},
	}
	got := map[State]about{}
	for _, s := range everyState {
		got[s] = about{s.Final(), s.Known(), s.keeping()}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
