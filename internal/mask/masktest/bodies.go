// Package masktest makes bodies to measure the mask with.
package masktest

import (
	"strconv"
	"strings"
)

// Realistic is a page of tickets of about n bytes: a help desk's answer, with an
// address, a number and a name in each ticket of 900 bytes.
func Realistic(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"tickets":[`)
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		id := strconv.Itoa(35436 + i)
		b.WriteString(`{"id":` + id + `,"url":"https://acme.zendesk.com/api/v2/tickets/` + id + `.json","created_at":"2026-01-15T10:00:00Z","updated_at":"2026-01-16T11:30:00Z",` +
			`"type":"question","subject":"Charged twice for the annual plan","raw_subject":"Charged twice for the annual plan","description":"Hello, I was charged twice this month and would like one of them back. The charge is ch_3NabcDEF1234567890. You can write to ann.lee@example.com, thanks a lot for looking into it.",` +
			`"priority":"normal","status":"open","requester_id":360001234567,"assignee_id":360007654321,"group_id":360000011122,"requester":{"name":"Ann Lee","phone":"+1 415 555 0142"},"tags":["refund","billing"],"satisfaction_rating":{"score":"unoffered"},"has_incidents":false,"due_at":null}`)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// Dense is a list of about n bytes that is nearly all personal data.
func Dense(n int) []byte {
	return []byte(`["` + strings.Repeat(`ann.lee@example.com","415-555-0132","4242 4242 4242 4242","`, n/60) + `"]`)
}

// Chinese is a ticket in Chinese of about n bytes.
func Chinese(n int) []byte {
	return []byte(`{"comments":[` + strings.Repeat(`{"id":1003,"body":"您好，我上个月购买了年度套餐，但是被重复扣款了两次，请帮忙核实一下，谢谢。订单 20881，手机号：13800138000。"},`, n/200) + `{}]}`)
}
