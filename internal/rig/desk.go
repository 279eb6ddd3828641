package rig

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
)

// Approvals are all intents the Desk shows to the local people, newest first.
func (r *Rig) Approvals(tb testing.TB) []desk.Item {
	tb.Helper()
	var items []desk.Item
	r.desk(tb, http.MethodGet, "/api/v1/intents?all=true", nil, &items)
	return items
}

// Approve approves as the local person.
func (r *Rig) Approve(tb testing.TB, id string) desk.Item {
	tb.Helper()
	return r.vote(tb, id, "approve", "")
}

// Deny denies as the local person.
func (r *Rig) Deny(tb testing.TB, id, reason string) desk.Item {
	tb.Helper()
	return r.vote(tb, id, "deny", reason)
}

// State is the state of the newest intent whose argument charge is charge; ""
// when there is none.
func (r *Rig) State(tb testing.TB, charge string) string {
	tb.Helper()
	return r.Intent(tb, charge).State
}

// Intent is the newest intent whose argument charge is charge; empty when there
// is none.
func (r *Rig) Intent(tb testing.TB, charge string) desk.Item {
	tb.Helper()
	for _, item := range r.Approvals(tb) {
		for _, arg := range item.Args {
			if arg.Name == "charge" && arg.Value == charge {
				return item
			}
		}
	}
	return desk.Item{}
}

func (r *Rig) vote(tb testing.TB, id, word, reason string) desk.Item {
	tb.Helper()
	var item desk.Item
	r.desk(tb, http.MethodGet, "/api/v1/intents/"+id, nil, &item)
	r.desk(tb, http.MethodPost, "/api/v1/intents/"+id+"/"+word, desk.VoteBody{Digest: item.Digest, Reason: reason}, &item)
	return item
}

// desk calls the Desk's API as the command line does.
func (r *Rig) desk(tb testing.TB, method, path string, body, into any) {
	tb.Helper()
	payload := &bytes.Buffer{}
	if body != nil {
		if err := json.NewEncoder(payload).Encode(body); err != nil {
			tb.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(tb.Context(), method, "http://"+r.Addresses().Desk+path, payload)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("authorization", "Bearer "+r.ownerToken(tb))
	if err := do(request, into); err != nil {
		tb.Fatalf("%s %s: %v", method, path, err)
	}
}

// ownerToken is the proof of the owner of the machine.
func (r *Rig) ownerToken(tb testing.TB) string {
	tb.Helper()
	key, err := os.ReadFile(filepath.Join(r.Data, "desk.token"))
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(key))
}

func do(request *http.Request, into any) error {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s: %s", response.Status, data)
	}
	return json.Unmarshal(data, into)
}

// DeskAnswers says whether the Desk's API answers.
func (r *Rig) DeskAnswers(tb testing.TB) bool {
	tb.Helper()
	response, err := http.Get("http://" + r.Addresses().Desk + "/assets/desk.css")
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
