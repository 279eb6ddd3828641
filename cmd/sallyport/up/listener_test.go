package up

import (
	"strings"
	"testing"
)

// Tokens cross a network in clear nowhere, unless something is said to stand in
// front.
func TestAgentListenerBeyondThisMachineNeedsTLS(t *testing.T) {
	for _, tt := range []struct {
		address, url, says string
	}{
		{"127.0.0.1:10000", "", ""},
		{"[::1]:0", "", ""},
		{"localhost:10000", "http://agents.example.com", ""},
		{"", "", ""},
		{"0.0.0.0:10000", "https://agents.example.com", ""},
		{"0.0.0.0:10000", "", "--agent-cert"},
		{"[::]:10000", "", "--agent-cert"},
		{"192.0.2.1:10000", "", "--agent-url https://"},
		{"gateway.example.com:10000", "http://agents.example.com", "--agent-cert"},
		{"127.0.0.1:10000", "agents.example.com", "--agent-url must be"},
		{"0.0.0.0:10000", "https://", "--agent-url must be"},
	} {
		err := Config{AgentAddress: tt.address, AgentURL: tt.url}.checkAgent()
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%q behind %q: %v", tt.address, tt.url, err)
		}
	}
}
