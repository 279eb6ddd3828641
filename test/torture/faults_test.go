package torture

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sallyport/sallyport/examples/provider"
)

// fault is something that goes wrong for a while.
type fault struct {
	name string
	run  func(ctx context.Context, g *gateway, r *rand.Rand)
}

// while is how long something stands still.
func while(r *rand.Rand) time.Duration { return time.Duration(20+r.IntN(400)) * time.Millisecond }

// both are the faults of every store; Envoy's death is rare, because it takes
// seconds to come back.
var both = []fault{
	{"approvald is killed", func(_ context.Context, g *gateway, _ *rand.Rand) { g.kill(); g.start() }},
	{"approvald is killed and stays away", func(ctx context.Context, g *gateway, r *rand.Rand) {
		g.kill()
		pause(ctx, while(r))
		g.start()
	}},
	{"approvald stands still", func(ctx context.Context, g *gateway, r *rand.Rand) {
		g.signal(syscall.SIGSTOP)
		pause(ctx, 4*while(r))
		g.signal(syscall.SIGCONT)
	}},
	{"Envoy stands still", func(ctx context.Context, g *gateway, r *rand.Rand) {
		for _, pid := range childrenNamed("envoy") {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
			defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
		}
		pause(ctx, 2*while(r))
	}},
	{"Envoy is killed", func(ctx context.Context, g *gateway, r *rand.Rand) {
		if r.IntN(4) == 0 {
			_ = g.rig.Envoy().Kill()
		}
	}},
	tool(provider.Fault{Fault: provider.DropBefore, Method: "POST"}),
	tool(provider.Fault{Fault: provider.DropAfterEffect, Method: "POST"}),
	tool(provider.Fault{Fault: provider.StatusAfterEffect, Method: "POST", Status: 500}),
	tool(provider.Fault{Fault: provider.Status, Method: "POST", Status: 503}),
	tool(provider.Fault{Fault: provider.Slow, Method: "POST", DelayMS: 700}),
	tool(provider.Fault{Fault: provider.DropBefore, Method: "GET"}),
	{"the provider loses an answer, and approvald is killed", func(ctx context.Context, g *gateway, r *rand.Rand) {
		tool(provider.Fault{Fault: provider.Slow, Method: "POST", DelayMS: 300}).run(ctx, g, r)
		pause(ctx, while(r)/2)
		g.kill()
		g.start()
	}},
}

// onPostgres are those of its servers.
var onPostgres = []fault{
	{"the database is killed", func(_ context.Context, g *gateway, _ *rand.Rand) { g.primary.Kill(); g.primary.Run(g.t) }},
	{"the database stands still", func(ctx context.Context, g *gateway, r *rand.Rand) {
		g.primary.Pause()
		pause(ctx, 4*while(r))
		g.primary.Resume()
	}},
	{"the database's connections break", func(_ context.Context, g *gateway, _ *rand.Rand) { _ = g.primary.Drop() }},
	{"the standby stands still", func(ctx context.Context, g *gateway, r *rand.Rand) {
		g.standby.Pause()
		pause(ctx, 4*while(r))
		g.standby.Resume()
	}},
}

func tool(f provider.Fault) fault {
	return fault{"the provider: " + f.Fault + " " + f.Method, func(_ context.Context, g *gateway, r *rand.Rand) {
		f.Path, f.Times = "/v1/*", 1+r.IntN(2)
		if err := g.rig.Provider().Inject(f); err != nil {
			g.t.Error(err)
		}
	}}
}

// promote loses the primary and makes the standby the database. Nothing is taken
// until it has a standby of its own.
func (g *gateway) promote() {
	g.primary.Kill()
	g.standby.Promote(g.t)
	next := g.standby.Standby(g.t)
	g.kill() // its address of the database is another one now
	g.primary, g.standby = g.standby, next
	g.start()
}

// childrenNamed are this process' children that run a program.
func childrenNamed(name string) (pids []int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		before, after, _ := strings.Cut(string(data), ") ")
		id, command, _ := strings.Cut(before, " (")
		fields := strings.Fields(after)
		pid, err := strconv.Atoi(id)
		if err == nil && command == name && len(fields) > 1 && fields[1] == strconv.Itoa(os.Getpid()) {
			pids = append(pids, pid)
		}
	}
	return pids
}
