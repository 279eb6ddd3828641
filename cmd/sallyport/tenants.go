package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/controlplane/admin"
	"github.com/sallyport/sallyport/controlplane/store"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/tenant"
)

type tenantsCommand struct {
	Check  tenantsCheck  `cmd:"" help:"Compile tenant folders and list every mistake."`
	Status tenantsStatus `cmd:"" help:"Show what a running gateway has live."`
}

type tenantsCheck struct {
	jsonFlag
	Folder string `arg:"" help:"Folder with one folder a tenant." default:"examples/tenants" type:"path"`
}

// Run compiles exactly as the gateway does.
func (c *tenantsCheck) Run(s *surroundings) error {
	if info, err := os.Stat(c.Folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is no folder: name one that has a folder for each tenant", c.Folder)
	}
	source, err := store.NewFolder(store.Options{Root: c.Folder, Clock: clockwork.NewRealClock(), Logger: daemon.Logger(io.Discard, "error")})
	if err != nil {
		return err
	}
	bundles, err := source.Watch(s.ctx)
	if err != nil {
		return err
	}
	checked, bad, shadows := checkTenants(<-bundles)
	if err := printTenants(s, c.JSON, checked); err != nil {
		return err
	}
	switch {
	case len(checked) == 0:
		return fmt.Errorf("%s has no tenants: name a folder that has a folder for each tenant", c.Folder)
	case bad > 0:
		return fmt.Errorf("%d of %d tenants cannot go live; mend the lines above", bad, len(checked))
	case shadows > 0:
		return fmt.Errorf("%d shadows cannot be compared with the live policy, which stays; mend the lines above", shadows)
	}
	return nil
}

// checkTenants counts the tenants that cannot go live, and the shadows that
// cannot be compared.
func checkTenants(bundles []tenant.Bundle) (checked []admin.TenantStatus, bad, shadows int) {
	checked = []admin.TenantStatus{}
	all, found := map[string]*tenant.Tenant{}, map[string]config.Problems{}
	for _, b := range bundles {
		all[b.Name], found[b.Name] = tenant.Load(b)
	}
	for name, problems := range tenant.Clashes(all) {
		all[name], found[name] = nil, problems
	}
	for _, b := range bundles {
		status := admin.TenantStatus{Name: b.Name, Seen: b.Version, Problems: []string{}}
		problems := found[b.Name]
		if t := all[b.Name]; t == nil {
			bad++
		} else {
			status.Live = t.Version
			problems = t.ShadowProblems
			shadows += min(len(problems), 1)
		}
		for _, p := range problems {
			status.Problems = append(status.Problems, p.String())
		}
		checked = append(checked, status)
	}
	return checked, bad, shadows
}

type tenantsStatus struct {
	deskFlags
	AdminURL string `help:"Where admin listens." default:"http://127.0.0.1:10081" env:"SALLYPORT_ADMIN" name:"admin-url"`
}

// Run asks the running control plane.
func (c *tenantsStatus) Run(s *surroundings) error {
	tenants := []admin.TenantStatus{}
	api, err := c.desk() // its login, or the owner's token, is good at admin too
	if err != nil {
		return err
	}
	api.name, api.flag, api.url = "admin", "--admin-url", c.AdminURL
	if err := api.call(s.ctx, http.MethodGet, "/tenants", nil, &tenants); err != nil {
		return err
	}
	if err := printTenants(s, c.JSON, tenants); err != nil {
		return err
	}
	for _, t := range tenants {
		if len(t.Problems) > 0 {
			return errors.New("a tenant has problems, listed above: mend what they name; as long as its files have a mistake, their last good version stays live")
		}
	}
	return nil
}

func printTenants(s *surroundings, asJSON bool, tenants []admin.TenantStatus) error {
	if asJSON {
		return printJSON(s.stdout, tenants)
	}
	if len(tenants) == 0 {
		return nil
	}
	width := len("TENANT")
	for _, t := range tenants {
		width = max(width, len(plain(t.Name)))
	}
	if _, err := fmt.Fprintf(s.stdout, "%-*s  %s\n", width, "TENANT", "VERSION"); err != nil {
		return err
	}
	for _, t := range tenants {
		if _, err := fmt.Fprintf(s.stdout, "%-*s  %s\n", width, plain(t.Name), cmp.Or(t.Live, "not live")); err != nil {
			return err
		}
		for _, p := range t.Problems {
			if _, err := fmt.Fprintln(s.stdout, "  "+plain(p)); err != nil {
				return err
			}
		}
	}
	return nil
}
