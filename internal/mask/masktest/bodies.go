// Package masktest makes bodies to measure the mask with. No two people in them
// have one value in common but by chance, so nothing is masked from memory alone.
package masktest

import (
	"fmt"
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
		id, first, last := strconv.Itoa(35436+i), firstNames[i%len(firstNames)], lastNames[i/3%len(lastNames)]
		b.WriteString(`{"id":` + id + `,"url":"https://acme.zendesk.com/api/v2/tickets/` + id + `.json","created_at":"2026-01-15T10:00:00Z","updated_at":"2026-01-16T11:30:00Z",` +
			`"type":"question","subject":"Charged twice for the annual plan","raw_subject":"Charged twice for the annual plan","description":"Hello, I was charged twice this month and would like one of them back. The charge is ch_3NabcDEF1234567890. You can write to ` + email(first, last, i) + `, thanks a lot for looking into it.",` +
			`"priority":"normal","status":"open","requester_id":360001234567,"assignee_id":360007654321,"group_id":360000011122,"requester":{"name":"` + first + " " + last + `","phone":"` + fmt.Sprintf("+1 415 555 %04d", i*37%10_000) + `"},"tags":["refund","billing"],"satisfaction_rating":{"score":"unoffered"},"has_incidents":false,"due_at":null}`)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

// firstNames and lastNames have no length in common, so their pairs repeat late.
var (
	firstNames = [...]string{"Ann", "Ben", "Carla", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ines", "Jack", "Kim"}
	lastNames  = [...]string{"Lee", "Kaur", "Moss", "Novak", "Ortiz", "Price", "Quinn", "Reyes", "Stone", "Turner", "Usman", "Vogel", "Weber"}
)

func email(first, last string, i int) string {
	return strings.ToLower(first+"."+last) + strconv.Itoa(i) + "@example.com"
}

// Dense is a list of about n bytes that is nearly all personal data.
func Dense(n int) []byte {
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `"%s","415-555-%04d","%s",`, email(firstNames[i%len(firstNames)], "lee", i), i*37%10_000, card(i))
	}
	b.WriteString(`""]`)
	return []byte(b.String())
}

// card is a card number with its check digit.
func card(i int) string {
	digits := fmt.Sprintf("42424242%07d", i*7919%10_000_000)
	sum := 0
	for n, c := range digits {
		d := int(c - '0')
		if n%2 == 0 {
			d = d*2 - d/5*9
		}
		sum += d
	}
	digits += strconv.Itoa((10 - sum%10) % 10)
	return digits[:4] + " " + digits[4:8] + " " + digits[8:12] + " " + digits[12:]
}

// Chinese is a ticket in Chinese of about n bytes.
func Chinese(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"comments":[`)
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, `{"id":%d,"body":"您好，我上个月购买了年度套餐，但是被重复扣款了两次，请帮忙核实一下，谢谢。订单 20881，手机号：1380013%04d。"},`, 1003+i, i*37%10_000)
	}
	b.WriteString(`{}]}`)
	return []byte(b.String())
}
