package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/controlplane/store"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/tenant"
)

type policyCommand struct {
	Lint    policyLint    `cmd:"" help:"Say in words what policies allow, and what is wrong with them."`
	Test    policyTest    `cmd:"" help:"Decide the cases of each policy_test.yaml."`
	Explain policyExplain `cmd:"" help:"Decide one request and show the steps, or JSON lines from standard input."`
	Diff    policyDiff    `cmd:"" help:"Decide the same cases or requests under two policies and show what differs."`
	Shadow  policyShadow  `cmd:"" help:"Say what a policy on trial would have decided otherwise, from the records."`
}

// isTenant says that a folder is one tenant's own.
func isTenant(folder string) bool {
	for _, name := range []string{"policy.csv", "tools.yaml"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// bundlesIn reads the tenants below a folder, or the one that the folder is,
// exactly as the gateway does.
func bundlesIn(ctx context.Context, folder string) ([]tenant.Bundle, error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder: name a tenant's, or one that has a folder for each tenant", folder)
	}
	root, only := folder, ""
	if isTenant(folder) {
		root, only = filepath.Dir(folder), filepath.Base(folder)
	}
	source, err := store.NewFolder(store.Options{Root: root, Clock: clockwork.NewRealClock(), Logger: daemon.Logger(io.Discard, "error")})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watched, err := source.Watch(ctx)
	if err != nil {
		return nil, err
	}
	bundles := slices.DeleteFunc(slices.Clone(<-watched), func(b tenant.Bundle) bool { return only != "" && b.Name != only })
	if len(bundles) == 0 {
		return nil, fmt.Errorf("%s has no tenants: name a tenant's folder, or one that has a folder for each tenant", folder)
	}
	return bundles, nil
}

// compiled is one tenant with the files it comes from.
type compiled struct {
	*tenant.Tenant
	bundle tenant.Bundle
}

// compile refuses a tenant with any mistake: nobody would be decided by it.
func compile(b tenant.Bundle) (compiled, error) {
	t, problems := tenant.Load(b)
	if len(problems) > 0 {
		return compiled{}, fmt.Errorf("%s cannot go live: %s; mend that first (%d in all, see `sallyport tenants check`)", b.Name, problems[0], len(problems))
	}
	return compiled{t, b}, nil
}

// compiledIn are all tenants of a folder.
func compiledIn(ctx context.Context, folder string) ([]compiled, error) {
	bundles, err := bundlesIn(ctx, folder)
	if err != nil {
		return nil, err
	}
	var out []compiled
	for _, b := range bundles {
		c, err := compile(b)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// tenantIn is one tenant of a folder; with one there it needs no name.
func tenantIn(ctx context.Context, folder, name string) (compiled, error) {
	bundles, err := bundlesIn(ctx, folder)
	if err != nil {
		return compiled{}, err
	}
	if name == "" && len(bundles) == 1 {
		return compile(bundles[0])
	}
	var names []string
	for _, b := range bundles {
		if b.Name == name {
			return compile(b)
		}
		names = append(names, b.Name)
	}
	return compiled{}, fmt.Errorf("--tenant must be one of %s (got %q)", strings.Join(names, ", "), name)
}
