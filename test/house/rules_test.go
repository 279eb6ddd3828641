package house_test

import "strings"

// levels are the packages below internal; each may import only lower ones. A
// package below one of them has its level and may import it.
var levels = map[string]int{
	"wire": 0, "reason": 0, "durable": 0, "config": 0, "egress": 0, "mcp": 0, "money": 0, "pii": 0, "follow": 0, "sqldb": 0, "wasmflow": 0, "shared": 0,
	"secret": 1, "audit": 1, "surrogate": 1, "daemon": 1, "limit": 1, "authority": 1, "keyring": 1, "action": 1, "token": 1, "people": 1, "channel": 1,
	"mask": 2, "testkit": 2, "sessionkey": 2, "bodykey": 2, "policy": 2, "grant": 2, "mcpserver": 2,
	"tenant":   3,
	"decision": 4, "observed": 4,
	"answer": 5, "rig": 5, "explain": 5,
}

// services never import each other.
var services = []string{"extauthz", "approvald", "controlplane", "ratelimit", "wasm", "envoy"}

// pure packages do no input or output and are given the time.
var pure = []string{
	"internal/action", "internal/policy", "internal/decision", "internal/answer", "internal/authority",
	"internal/pii", "internal/mask", "internal/mcp", "internal/mcpserver", "internal/wasmflow", "controlplane/resource",
}

// impure is what a pure package's own files never import.
var impure = []string{"net", "net/http", "os", "os/exec", "log", "log/slog", "io/ioutil", "syscall"}

// heavy is what the filter never imports, not even through another package of
// this module: it runs inside Envoy, where every kilobyte is compiled for each
// worker.
var heavy = []string{"regexp", "encoding/json", "net", "net/http", "net/url"}

// confined libraries are imported by the named packages only, and by those
// below them. Tests may import what they like.
var confined = map[string][]string{
	"github.com/casbin/":                              {"internal/policy", "test/bench"},
	"cel.dev/":                                        {"internal/policy"},
	"github.com/google/cel-go":                        {},
	"github.com/go-jose/":                             {"internal/token", "internal/people", "controlplane/issuer"},
	"filippo.io/age":                                  {"internal/secret"},
	"modernc.org/sqlite":                              {"internal/sqldb"},
	"github.com/jackc/pgx":                            {"internal/sqldb"},
	"github.com/ClickHouse/":                          {"internal/audit"},
	"github.com/chdb-io/":                             {"cmd/sallyport-chdb"},
	"github.com/redis/":                               {"ratelimit/counter/redis"},
	"github.com/envoyproxy/go-control-plane":          {"extauthz", "controlplane", "ratelimit", "internal/rig", "test"},
	"golang.org/x/net/":                               {"extauthz/unary"},
	"github.com/chromedp/":                            {"test"},
	"github.com/modelcontextprotocol/":                {"test", "examples"},
	"github.com/rogpeppe/go-internal/testscript":      {"test"},
	"github.com/alecthomas/kong":                      {"cmd"},
	"github.com/stripe/":                              {"test"},
	"github.com/tetratelabs/wazero":                   {},
	"github.com/sallyport/sallyport/examples":         {"cmd", "test", "internal/rig", "examples"},
	"github.com/sallyport/sallyport/internal/rig":     {"test"},
	"github.com/sallyport/sallyport/internal/testkit": {"test", "internal/rig", "approvald/execute/executetest"},
	"github.com/sallyport/sallyport/test":             {"test"},
	"github.com/sallyport/sallyport/cmd/sallyport/up": {"cmd/sallyport", "internal/rig", "test"},
}

// tier orders the rooms of the house: a package imports only from its own tier
// or a lower one. The rig and the tests stand above everything.
func tier(name string) int {
	switch first, _, _ := strings.Cut(name, "/"); {
	case first == "test" || first == "scripts" || within(name, "internal/rig"):
		return 4
	case first == "cmd":
		return 3
	case serviceOf(name) != "":
		return 2
	case first == "internal":
		return 1
	default:
		return 0 // examples stand for programs outside
	}
}

// within says whether a package is dir or below it.
func within(name, dir string) bool {
	return name == dir || strings.HasPrefix(name, dir+"/")
}

func anyWithin(name string, dirs []string) bool {
	for _, d := range dirs {
		if within(name, d) {
			return true
		}
	}
	return false
}

// serviceOf is the service a package belongs to; "" for none.
func serviceOf(name string) string {
	for _, s := range services {
		if within(name, s) {
			return s
		}
	}
	return ""
}

// broken says which rule an import of one package by another breaks; "" for
// none. name is inside this module, imported is any import path.
func broken(name, imported string) string {
	for prefix, allowed := range confined {
		if strings.HasPrefix(imported, prefix) && !within(module+name, strings.TrimSuffix(prefix, "/")) && !anyWithin(name, allowed) {
			return "only " + strings.Join(allowed, ", ") + " may import it"
		}
	}
	if anyWithin(name, pure) {
		for _, i := range impure {
			if imported == i {
				return "a pure package does no input or output"
			}
		}
	}
	if to := local(imported); to != "" {
		return brokenInside(name, to)
	}
	return ""
}

// brokenInside is broken for two packages of this module.
func brokenInside(name, to string) string {
	from, into := serviceOf(name), serviceOf(to)
	switch {
	case tier(to) > tier(name):
		return "imports go from commands to services to internal, never back"
	case from != "" && into != "" && from != into:
		return "a service never imports another"
	case tier(name) == 1 && tier(to) == 1:
		return brokenLevel(name, to)
	}
	return ""
}

// brokenLevel is broken for two packages below internal.
func brokenLevel(name, to string) string {
	a, b := part(name), part(to)
	if a == b {
		return ""
	}
	low, known := levels[b]
	high, also := levels[a]
	if !known || !also {
		return "a package below internal has no level yet: give it one in rules_test.go and in the design"
	}
	if low >= high {
		return "inside internal only a lower level is imported"
	}
	return ""
}

// part is the first folder below internal.
func part(name string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(name, "internal/"), "/")
	return first
}
