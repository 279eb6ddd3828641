package client

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a sending has besides its call is written in one spelling, and a call with
// anything else is another one.
func TestExtra(t *testing.T) {
	const begin = `{"jsonrpc":"2.0","id":"7","method":"tools/call","params":{"name":"t","arguments":{"a":1}`
	stateless := strings.Replace(meta, `"2026-07-28"`, `"2026-07-28","progressToken":"7"`, 1)
	for name, c := range map[string]struct {
		session Session
		with    Extra
		want    string
	}{
		"nothing":       {Session{Protocol: Sessions}, Extra{}, begin + "}}"},
		"progress":      {Session{Protocol: Sessions}, Extra{Progress: true}, begin + `,"_meta":{"progressToken":"7"}}}`},
		"nothing now":   {Session{Protocol: Stateless}, Extra{}, begin + "," + meta + "}}"},
		"progress now":  {Session{Protocol: Stateless}, Extra{Progress: true}, begin + "," + stateless + "}}"},
		"a log now":     {Session{Protocol: Stateless}, Extra{Log: "info"}, begin + "," + strings.Replace(meta, metaVersion, `"io.modelcontextprotocol/logLevel":"info",`+metaVersion, 1) + "}}"},
		"all of it now": {Session{Protocol: Stateless}, Extra{Progress: true, Log: "info"}, begin + "," + strings.Replace(stateless, metaVersion, `"io.modelcontextprotocol/logLevel":"info",`+metaVersion, 1) + "}}"},
	} {
		built := c.session.Call(BuildID, "t", []byte(`{"a":1}`)).Body
		got, ok := Number(built, "7", c.with)
		if !ok || string(got) != c.want || !json.Valid(got) {
			t.Errorf("%s: %s", name, got)
		}
		if read, ok := ReadCall(built, got); !ok || !cmp.Equal(read, c.with) {
			t.Errorf("%s: it is not the call", name)
		}
		for _, change := range [][2]string{{`"a":1`, `"a":2`}, {`"progressToken":"7"`, `"progressToken":"8"`}, {`"progressToken"`, `"x":1,"progressToken"`}, {`:"info"`, `:"loud"`}, {`}}`, `} }`}} {
			changed := strings.Replace(string(got), change[0], change[1], 1)
			if _, ok := ReadCall(built, []byte(changed)); ok && changed != string(got) {
				t.Errorf("%s: %s is the call too", name, changed)
			}
		}
	}
}

func TestNotice(t *testing.T) {
	for body, want := range map[string]*Notice{
		`{"method":"notifications/progress","params":{"progressToken":"7","progress":0.5,"total":2,"message":"m"}}`: {Progress: 0.5, Total: 2, Message: "m"},
		`{"method":"notifications/progress","params":{"progressToken":"8","progress":1}}`:                           nil,
		`{"method":"notifications/progress","params":{"progressToken":7,"progress":1}}`:                             nil,
		`{"method":"notifications/progress","params":{"progressToken":"7","progress":"1"}}`:                         nil,
		`{"method":"notifications/progress","params":[]}`:                                                           nil,
		`{"method":"notifications/message","params":{"level":"error","logger":"l","data":[1]}}`:                     {Level: "error", Logger: "l", Data: json.RawMessage("[1]")},
		`{"method":"notifications/message","params":{"level":"loud","data":1}}`:                                     nil,
		`{"method":"notifications/message","params":{"level":"error"}}`:                                             nil,
		`{"id":1,"method":"notifications/message","params":{"level":"error","data":1}}`:                             nil,
		`{"method":"notifications/other","params":{}}`:                                                              nil,
	} {
		m, err := parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := m.Notice("7")
		if ok != (want != nil) {
			t.Errorf("%s: %v", body, ok)
		}
		if want != nil && !cmp.Equal(*want, got) {
			t.Errorf("%s: %s", body, cmp.Diff(*want, got))
		}
	}
}
