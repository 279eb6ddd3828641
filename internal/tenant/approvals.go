package tenant

import (
	"slices"
	"strconv"
	"time"
)

// Defaults and bounds of approvals.yaml. Wait stays below the 80 s after which
// stripe-python and its like give up on an answer.
const (
	defaultWait         = 45 * time.Second
	maxWait             = 75 * time.Second
	defaultWaitMCP      = 4 * time.Second // openai-agents gives up on a call after 5
	defaultExpireAfter  = 4 * time.Hour
	defaultSameFor      = 15 * time.Minute
	defaultDenyCooldown = time.Hour
	maxApproval         = 30 * 24 * time.Hour
	defaultHeldCalls    = 2000
	defaultHeldPerAgent = 200
	maxHeldCalls        = 100_000
	// What is told, tried again or asked again looks at bodies for a few days.
	minKeepBodies = 7 * 24 * time.Hour
	maxKeepBodies = 10 * 365 * 24 * time.Hour
)

func (l *loader) approvals() {
	doc := struct {
		Wait         time.Duration `yaml:"wait"`
		WaitMCP      time.Duration `yaml:"wait_mcp"`
		ExpireAfter  time.Duration `yaml:"expire_after"`
		SameFor      time.Duration `yaml:"same_for"`
		DenyCooldown time.Duration `yaml:"deny_cooldown"`
		RepeatGroup  string        `yaml:"repeat_group"`
		KeepBodies   time.Duration `yaml:"keep_bodies"`
		HeldCalls    int           `yaml:"held_calls"`
		HeldPerAgent int           `yaml:"held_calls_per_agent"`
		Matrix       []matrixRow   `yaml:"matrix"`
		Fresh        freshLogin    `yaml:"fresh_login"`
		Reveal       []revealRow   `yaml:"reveal"`
		Operators    []string      `yaml:"operators"`
	}{
		Wait: defaultWait, WaitMCP: defaultWaitMCP, ExpireAfter: defaultExpireAfter, SameFor: defaultSameFor, DenyCooldown: defaultDenyCooldown,
		HeldCalls: defaultHeldCalls, HeldPerAgent: defaultHeldPerAgent,
	}
	l.decode(fileApprovals, &doc)
	l.between("wait", doc.Wait, 0, maxWait)
	l.between("wait_mcp", doc.WaitMCP, 0, maxWait)
	l.between("expire_after", doc.ExpireAfter, time.Minute, maxApproval)
	l.between("same_for", doc.SameFor, 0, 24*time.Hour)
	l.between("deny_cooldown", doc.DenyCooldown, 0, maxApproval)
	if doc.KeepBodies != 0 {
		l.between("keep_bodies", doc.KeepBodies, minKeepBodies, maxKeepBodies)
	}
	l.held("held_calls", doc.HeldCalls)
	l.held("held_calls_per_agent", doc.HeldPerAgent)
	l.repeatGroup(doc.RepeatGroup)
	l.tenant.Approvals = Approvals{
		Wait: doc.Wait, WaitMCP: doc.WaitMCP, ExpireAfter: doc.ExpireAfter, SameFor: doc.SameFor,
		DenyCooldown: doc.DenyCooldown, KeepBodies: doc.KeepBodies, RepeatGroup: doc.RepeatGroup, HeldCalls: doc.HeldCalls, HeldCallsPerAgent: doc.HeldPerAgent,
		Matrix: l.matrix(doc.Matrix, doc.ExpireAfter), Fresh: l.fresh(doc.Fresh), Reveal: l.reveal(doc.Reveal), Operators: l.operators(doc.Operators),
	}
}

func (l *loader) between(field string, d, least, most time.Duration) {
	if d < least || d > most {
		l.problems.Add(fileApprovals+": "+field, "must be from "+least.String()+" to "+most.String(), d)
	}
}

// held bounds how many calls are kept open; 0 keeps none open.
func (l *loader) held(field string, calls int) {
	if calls < 0 || calls > maxHeldCalls {
		l.problems.Add(fileApprovals+": "+field, "must be from 0 to "+strconv.Itoa(maxHeldCalls), calls)
	}
}

// operators are groups that there are.
func (l *loader) operators(groups []string) []string {
	for _, g := range groups {
		if l.tenant.People != nil && !slices.Contains(l.tenant.People.Groups(), g) {
			l.problems.Add(fileApprovals+": operators", "is no group of people.yaml", g)
		}
	}
	return groups
}

// repeatGroup must be able to answer: a repetition that nobody may approve
// would wait until it expires.
func (l *loader) repeatGroup(group string) {
	effects := slices.ContainsFunc(l.actions(), isEffect)
	switch {
	case group == "" && effects:
		l.problems.Add(fileApprovals+": repeat_group", "must name the people who decide when an agent asks for the same effect again", nil)
	case group != "" && l.tenant.People != nil && !slices.Contains(l.tenant.People.Groups(), group):
		l.problems.Add(fileApprovals+": repeat_group", "is no group of people.yaml", group)
	}
}
