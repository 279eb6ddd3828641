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

// Votes and sessions cross a network in clear nowhere either.
func TestDeskAndAdminBeyondThisMachineNeedTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		config Config
		says   string
	}{
		"loopback":         {Config{DeskAddress: "127.0.0.1:10080", DeskPages: "[::1]:10082", AdminAddress: "localhost:10081"}, ""},
		"the Desk":         {Config{DeskAddress: "0.0.0.0:10080"}, "--desk-address"},
		"its pages":        {Config{DeskAddress: "127.0.0.1:10080", DeskPages: "192.0.2.1:443"}, "--desk-pages"},
		"admin":            {Config{AdminAddress: "[::]:10081"}, "--behind-tls admin"},
		"behind a proxy":   {Config{DeskAddress: "0.0.0.0:10080", DeskPages: "0.0.0.0:10082", BehindTLS: []string{"desk"}}, ""},
		"one of two opens": {Config{DeskAddress: "0.0.0.0:10080", AdminAddress: "0.0.0.0:10081", BehindTLS: []string{"desk"}}, "--behind-tls admin"},
	} {
		err := tt.config.checkPlain()
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
		if tt.says != "" {
			if _, err := newBase(tt.config); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: it starts: %v", name, err)
			}
		}
	}
}
