package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeTenants writes a workload as Sallyport's tenants.
func (w workload) writeTenants(dir, origin string) error {
	shared := map[string]string{
		"tools.yaml":         fmt.Sprintf(toolsFile, origin),
		"catalogs/desk.yaml": w.catalog(),
		"limits.yaml":        limitsFile,
		"people.yaml":        peopleFile,
		"approvals.yaml":     "repeat_group: leads\n",
	}
	for i := range w.tenants {
		files := map[string]string{"policy.csv": w.csv(i)}
		for name, text := range shared {
			files[name] = text
		}
		for name, text := range files {
			path := filepath.Join(dir, tenantName(i), name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

const toolsFile = `tools:
  - {name: desk, catalog: desk, origin: "http://%s", private: true, credential: {secret: desk_key, scheme: bearer}}
`

// limitsFile counts every call and is never reached.
const limitsFile = `limits:
  - {name: calls_per_minute, actions: ["*"], per: [agent], max: 1000000000, window: 1m}
  - {name: writes_per_day, actions: ["desk.*"], per: [agent, tool], max: 1000000000, window: 24h}
`

const peopleFile = "people:\n  - {id: ann, name: Ann, groups: [leads], local: true}\n"

// csv is a tenant's policy.csv.
func (w workload) csv(tenant int) string {
	var b strings.Builder
	for _, r := range w.policy(tenant) {
		fmt.Fprintf(&b, "p, %s, %s, %s, %s, -\n", r.role, r.action, r.condition(), r.effect())
	}
	for agent := range w.roles() {
		for _, role := range w.rolesOf(agent) {
			fmt.Fprintf(&b, "g, %s, role%d\n", agentName(agent), role)
		}
	}
	return b.String()
}

// catalog names every operation of the upstream.
func (w workload) catalog() string {
	var b strings.Builder
	b.WriteString(catalogHead)
	for thing := range w.things() {
		fmt.Fprintf(&b, catalogThing, thing)
	}
	return b.String()
}

// catalogHead lists the two headers by which the peers, which read no token,
// learn who asks.
const catalogHead = `name: desk
dialect: problem
max_body: 16KiB
headers:
  - {name: x-bench-tenant, any: true}
  - {name: x-bench-agent, any: true}
outcomes:
  applied: {status: [2xx]}
  not_applied: {status: [400], has: error}
actions:
`

const catalogThing = `  - name: desk.t%[1]d.read
    summary: List items
    method: GET
    path: /v1/t%[1]d/items
    params:
      - {name: limit, kind: integer, min: 1, max: 100, safe: true}
  - name: desk.t%[1]d.write
    summary: Change item {item}
    effect: true
    method: POST
    path: /v1/t%[1]d/items
    body: json
    params:
      - {name: item, kind: id, prefixes: [it_], required: true, safe: true}
      - {name: amount, kind: integer, min: 1, max: 100000, required: true, safe: true}
      - {name: note, kind: string, max: 1000}
    business_key: [args.item, args.amount]
`
