package audit

import (
	"fmt"
	"time"
)

// First byte of an encoded record. A new table, or new fields of an old one, get
// a new number: segments of an older process are read by a newer one.
const (
	codeDecision = 1
	codeApproval = 2
	codeRequest  = 3
	codeShadowed = 4 // a decision with what the policy on trial said
)

// appendRecord appends the encoded form of r.
func appendRecord(to []byte, r Record) ([]byte, error) {
	c := coder{buf: to}
	switch {
	case r.Table == Decisions && r.Decision != nil && r.Decision.Shadow != "":
		c.buf = append(c.buf, codeShadowed)
		r.Decision.fields(&c)
		r.Decision.shadowed(&c)
	case r.Table == Decisions && r.Decision != nil:
		c.buf = append(c.buf, codeDecision)
		r.Decision.fields(&c)
	case r.Table == Approvals && r.Approval != nil:
		c.buf = append(c.buf, codeApproval)
		r.Approval.fields(&c)
	case r.Table == Requests && r.Request != nil:
		c.buf = append(c.buf, codeRequest)
		r.Request.fields(&c)
	default:
		return to, fmt.Errorf("a record for table %q has no row for it", r.Table)
	}
	return c.buf, nil
}

// parseRecord reads what appendRecord wrote.
func parseRecord(data []byte) (Record, error) {
	if len(data) == 0 {
		return Record{}, errShort
	}
	c := coder{buf: data[1:], reading: true}
	var r Record
	switch data[0] {
	case codeDecision:
		r = Record{Table: Decisions, Decision: &Decision{}}
		r.Decision.fields(&c)
	case codeShadowed:
		r = Record{Table: Decisions, Decision: &Decision{}}
		r.Decision.fields(&c)
		r.Decision.shadowed(&c)
	case codeApproval:
		r = Record{Table: Approvals, Approval: &Approval{}}
		r.Approval.fields(&c)
	case codeRequest:
		r = Record{Table: Requests, Request: &Request{}}
		r.Request.fields(&c)
	default:
		return r, fmt.Errorf("a record of an unknown kind %d: it was written by a newer version", data[0])
	}
	if c.err == nil && len(c.buf) != 0 {
		c.err = fmt.Errorf("a record has %d bytes too many", len(c.buf))
	}
	return r, c.err
}

func (d *Decision) fields(c *coder) {
	c.instant(&d.Time)
	for _, s := range [...]*string{
		&d.Tenant, &d.ID, &d.Step, &d.Agent, &d.Session, &d.Ticket, &d.TokenID, &d.Tool, &d.Action, &d.Digest,
		&d.Effect, &d.Lane, &d.Reason, &d.Rule, &d.Bundle, &d.Intent, &d.Currency, &d.Method, &d.Path,
	} {
		c.text(s)
	}
	c.signed(&d.Amount)
}

func (d *Decision) shadowed(c *coder) {
	for _, s := range [...]*string{&d.Shadow, &d.ShadowDiffers, &d.ShadowReason, &d.ShadowRule} {
		c.text(s)
	}
}

func (a *Approval) fields(c *coder) {
	c.instant(&a.Time)
	for _, s := range [...]*string{
		&a.Tenant, &a.Decision, &a.Intent, &a.State, &a.Actor, &a.Reason, &a.Action, &a.Digest, &a.Currency,
	} {
		c.text(s)
	}
	c.signed(&a.Seq)
	c.signed(&a.Amount)
}

func (r *Request) fields(c *coder) {
	c.instant(&r.Time)
	for _, s := range [...]*string{
		&r.Tenant, &r.Decision, &r.Listener, &r.Method, &r.Path, &r.Flags, &r.Cluster, &r.Masked,
	} {
		c.text(s)
	}
	c.status(&r.Status)
	c.signed(&r.DurationUS)
	c.unsigned(&r.BytesIn)
	c.unsigned(&r.BytesOut)
}

// time is when the record was made.
func (r Record) time() time.Time {
	switch {
	case r.Decision != nil:
		return r.Decision.Time
	case r.Approval != nil:
		return r.Approval.Time
	default:
		return r.Request.Time
	}
}
