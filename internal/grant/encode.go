package grant

import (
	"encoding/json"
	"strconv"
	"time"
)

// encode is json.Marshal; out is room for it. An admission of plain texts, as nearly all are, is
// written without reflection: one is made for every call of the mediated lane.
func encode(out []byte, v statement) ([]byte, error) {
	if a, ok := v.(Admission); ok && a.plain() {
		return a.appendJSON(out), nil
	}
	return json.Marshal(v)
}

// plain says that no text needs an escape, and that the end has a spelling.
func (a Admission) plain() bool {
	for _, text := range [...]string{
		a.Decision, a.Tenant, a.Agent, a.SessionID, a.Ticket, a.Customer, a.TokenID, a.Tool, a.Action, a.Digest, a.ClientKey, a.Bundle,
	} {
		if !plain(text) {
			return false
		}
	}
	for _, role := range a.Roles {
		if !plain(role) {
			return false
		}
	}
	_, offset := a.Expires.Zone()
	return a.Expires.Year() >= 0 && a.Expires.Year() <= maxYear && offset%60 == 0 && offset > -24*3600 && offset < 24*3600
}

// plain knows which bytes json.Marshal leaves as they are.
func plain(text string) bool {
	for i := range len(text) {
		switch b := text[i]; {
		case b < ' ', b > '~', b == '"', b == '\\', b == '<', b == '>', b == '&':
			return false
		}
	}
	return true
}

// appendJSON appends the members as the tags of Admission say.
func (a Admission) appendJSON(out []byte) []byte {
	out = appendMember(append(out, '{'), "dec", a.Decision)
	out = appendMember(out, "ten", a.Tenant)
	out = appendMember(out, "agt", a.Agent)
	if a.Roles != nil {
		out = appendRoles(out, a.Roles)
	}
	out = appendMember(out, "sid", a.SessionID)
	out = appendOptional(out, "tkt", a.Ticket)
	out = appendOptional(out, "cus", a.Customer)
	out = appendMember(out, "jti", a.TokenID)
	out = appendMember(out, "tol", a.Tool)
	out = appendMember(out, "act", a.Action)
	out = appendMember(out, "dig", a.Digest)
	out = appendOptional(out, "key", a.ClientKey)
	out = appendMember(out, "bun", a.Bundle)
	out = strconv.AppendBool(append(out, `"eff":`...), a.Effect)
	if a.TokenEnds != 0 {
		out = strconv.AppendInt(append(out, `,"end":`...), a.TokenEnds, 10)
	}
	out = a.Expires.AppendFormat(append(out, `,"exp":"`...), time.RFC3339Nano)
	return append(out, `"}`...)
}

func appendMember(out []byte, name, text string) []byte {
	return append(append(append(append(append(out, '"'), name...), `":"`...), text...), `",`...)
}

func appendOptional(out []byte, name, text string) []byte {
	if text == "" {
		return out
	}
	return appendMember(out, name, text)
}

func appendRoles(out []byte, roles []string) []byte {
	out = append(out, `"rol":[`...)
	for i, role := range roles {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), role...), '"')
	}
	return append(out, `],`...)
}
