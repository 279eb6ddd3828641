package tenant

import (
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/mask/maskfile"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Tenant is one compiled bundle. What each check reads stands first and together: with
// a thousand tenants a check finds little of its tenant in the processor's caches.
type Tenant struct {
	Tools  []*Tool
	Policy *policy.Engine
	Limits *limit.Limits
	// Shadow is a second policy that is asked beside the live one and decides
	// nothing; nil without one, and for one that cannot be used.
	Shadow *Shadow
	Access access.Access
	Name   string
	Mask   maskfile.Rules

	Title     string          // for people; the name when the bundle gives none
	Language  people.Language // of people who have said no other
	Version   string          // of the bundle, "sha256:…"
	People    *people.People
	Approvals Approvals
	Channels  []*channel.Channel // where approvals are told besides the Desk, in file order
	after     map[ending]*action.After
	afters    []string
	toolset   *toolset // which Tools are, kept for other tenants

	// ShadowSeen is the version of its files, "" without any, and ShadowProblems
	// is why they cannot be used. They keep no tenant from going live.
	ShadowSeen     string
	ShadowProblems config.Problems
}

// Shadow is a policy on trial.
type Shadow struct {
	Version string // of its files, "sha256:…"
	Policy  *policy.Engine
}

// Tool is one upstream, connected once for the tenant.
type Tool struct {
	Name       string // first path segment of the agent's requests
	Catalog    *action.Catalog
	Origin     string // "https://api.stripe.com", no path
	Private    bool   // the origin may be a private address
	Credential Credential
	Timeout    time.Duration // of one request to the tool
}

// Approvals are the tenant's times and people for holds.
type Approvals struct {
	Wait         time.Duration // how long a held REST call is kept open
	WaitMCP      time.Duration // how long one over MCP is, whose client asked for no progress
	ExpireAfter  time.Duration // nobody answered: the approval expires
	SameFor      time.Duration // a repeat of a success within it is a replay
	DenyCooldown time.Duration // a repeat of a denial within it is the same denial
	KeepBodies   time.Duration // of what is over, in the ledger; 0 keeps them without end
	RepeatGroup  string        // who decides on a deliberate repetition
	// How many calls are kept open at once for the tenant, and for one agent. Above
	// it a call is pending at once.
	HeldCalls, HeldCallsPerAgent int
	Matrix                       authority.Matrix
	Fresh                        Fresh
	Reveal                       authority.Reveals // nobody without one
	Operators                    []string          // groups who read the tenant's state at admin
}

// Fresh is when an approval needs a person who logged in just now.
type Fresh struct {
	Above  *money.Amount // more than this; nil: never
	Within time.Duration // of the login
}

// MaskRole is the role by whose rules the mask shows answers to an agent; "" for
// those of all.
func (t *Tenant) MaskRole(id token.Identity) string {
	if len(t.Mask.Roles()) == 0 {
		return ""
	}
	return t.Mask.RoleOf(t.Policy.Effective(id))
}

// Tool finds a tool by name.
func (t *Tenant) Tool(name string) (*Tool, bool) {
	for _, tool := range t.Tools {
		if tool.Name == name {
			return tool, true
		}
	}
	return nil, false
}

// Channel finds a channel by name.
func (t *Tenant) Channel(name string) (*channel.Channel, bool) {
	for _, c := range t.Channels {
		if c.Name == name {
			return c, true
		}
	}
	return nil, false
}
