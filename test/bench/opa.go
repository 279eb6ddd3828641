package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
)

// regoPolicy looks rules up by tenant, role and action instead of going through
// a list: that is the faster way to write them for OPA.
const regoPolicy = `package envoy.authz

default allow := false

http := input.attributes.request.http

tenant := http.headers["x-bench-tenant"]

action := concat(".", ["desk", input.parsed_path[2], {"GET": "read", "POST": "write"}[http.method]])

number := to_number(input.parsed_query.limit[0]) if http.method == "GET"

number := input.parsed_body.amount if http.method == "POST"

matched contains rule.effect if {
	some role in data.roles[tenant][http.headers["x-bench-agent"]]
	some rule in data.rules[tenant][role][action]
	number <= rule.bound
}

allow if {
	"allow" in matched
	not "deny" in matched
}
`

// writeOPA writes a workload for OPA and returns its two files.
func (w workload) writeOPA(dir string) ([]string, error) {
	type bound struct {
		Effect string `json:"effect"`
		Bound  int    `json:"bound"`
	}
	rules, roles := map[string]map[string]map[string][]bound{}, map[string]map[string][]string{}
	for tenant := range w.tenants {
		name := tenantName(tenant)
		rules[name], roles[name] = map[string]map[string][]bound{}, map[string][]string{}
		for _, r := range w.policy(tenant) {
			if rules[name][r.role] == nil {
				rules[name][r.role] = map[string][]bound{}
			}
			rules[name][r.role][r.action] = append(rules[name][r.role][r.action], bound{r.effect(), r.bound})
		}
		for agent := range w.roles() {
			for _, role := range w.rolesOf(agent) {
				roles[name][agentName(agent)] = append(roles[name][agentName(agent)], "role"+strconv.Itoa(role))
			}
		}
	}
	data, err := json.Marshal(map[string]any{"rules": rules, "roles": roles})
	if err != nil {
		return nil, err
	}
	files := []string{filepath.Join(dir, "policy.rego"), filepath.Join(dir, "data.json")}
	if err := os.WriteFile(files[0], []byte(regoPolicy), 0o600); err != nil {
		return nil, err
	}
	return files, os.WriteFile(files[1], data, 0o600)
}
