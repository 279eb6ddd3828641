package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/controlplane/admin"
)

// liveTenant is a tenant as a running gateway has it, and an error when it has
// none of this name. A gateway that does not answer has no say: nil and nil.
func (f dataFlag) liveTenant(s *surroundings, adminURL, name string) (*admin.TenantStatus, error) {
	tenants := []admin.TenantStatus{}
	token, _ := f.ownerToken() // without one it is refused, and has no say either
	api := service{name: "admin", flag: "--admin-url", url: adminURL, token: token}
	if err := api.call(s.ctx, http.MethodGet, "/tenants", nil, &tenants); err != nil {
		return nil, nil //nolint:nilerr,nilnil // it has no say
	}
	names := make([]string, 0, len(tenants))
	for _, t := range tenants {
		if t.Live == "" {
			continue
		}
		if t.Name == name {
			return &t, nil
		}
		names = append(names, t.Name)
	}
	return nil, fmt.Errorf("no tenant %q is live on the gateway at %s; live are %s", name, adminURL, strings.Join(names, ", "))
}

// liveAgent is an error when a running gateway has no such tenant, or gives the agent
// no rule: its tokens would be worth nothing.
func (f dataFlag) liveAgent(s *surroundings, adminURL, tenant, agent string) error {
	t, err := f.liveTenant(s, adminURL, tenant)
	if err != nil || t == nil || agent == "" || len(t.Agents) == 0 || slices.Contains(t.Agents, agent) {
		return err
	}
	return fmt.Errorf("policy.csv of %s gives the agent %s no role on the gateway at %s", tenant, plain(agent), adminURL)
}

// liveTool is an error when a running gateway has no such tool of the tenant, or
// no such tenant.
func (f dataFlag) liveTool(s *surroundings, adminURL, tenant, tool string) error {
	t, err := f.liveTenant(s, adminURL, tenant)
	if err != nil || t == nil || tool == "" || slices.Contains(t.Tools, tool) {
		return err
	}
	return fmt.Errorf("no tool %q of %s is live on the gateway at %s; live are %s", tool, tenant, adminURL, strings.Join(t.Tools, ", "))
}
