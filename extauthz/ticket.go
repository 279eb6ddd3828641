package extauthz

import (
	"slices"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token/access"
	"github.com/sallyport/sallyport/internal/wire"
)

// ticket is a read of the gateway's own before there is a token: it must be one
// by which the tenant finds out who the customer of a ticket is.
func ticket(s *step, call action.Call, act *action.Action) decision.Decision {
	d := refuseNamed(s, reason.OrderInvalid, call, act)
	declared := s.tenant.Access.Session
	if declared != nil && slices.ContainsFunc(declared.Reads, func(r access.Read) bool { return r.Action == act.Name }) {
		d.Effect, d.Lane, d.Reason = decision.Allow, wire.LaneDirect, reason.Allowed
	}
	return d
}
