package approvald_test

import (
	"encoding/json"
	"net/url"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/pii"
)

// told are a sentence a type that tells it, and what it tells of two customers.
var told = map[pii.Type]struct {
	says   string
	values [2]string
}{
	pii.Email:         {"Write to %s please.", [2]string{"ada@canary.co", "bob@canary.co"}},
	pii.Card:          {"The card is %s today.", [2]string{"4000 0566 5566 5556", "5200 8282 8282 8210"}},
	pii.SSN:           {"My SSN is %s since then.", [2]string{"536-22-9911", "219-09-9922"}},
	pii.Phone:         {"Call me at %s today.", [2]string{"+1 415 555 0191", "+1 628 555 0192"}},
	pii.Name:          {"Dear %s,", [2]string{"Adaline Quorra", "Bobbin Zephyr"}},
	pii.IBAN:          {"Pay to %s please.", [2]string{"DE89370400440532013000", "GB82WEST12345698765432"}},
	pii.BankAccount:   {"My account number is %s there.", [2]string{"000123456781", "000987654382"}},
	pii.ResidentID:    {"身份证 %s 。", [2]string{"11010519491231002X", "440308199901101512"}},
	pii.Aadhaar:       {"Aadhaar %s now.", [2]string{"2341 2341 2346", "4991 1866 5246"}},
	pii.PAN:           {"PAN %s now.", [2]string{"ABCPE1234F", "BCDPK5678L"}},
	pii.NHS:           {"NHS number %s now.", [2]string{"943 476 5919", "450 557 7104"}},
	pii.NINO:          {"NI number %s now.", [2]string{"AB 12 34 56 C", "CE 65 43 21 D"}},
	pii.Passport:      {"passport no. %s now.", [2]string{"C01234567", "X76543210"}},
	pii.Licence:       {"My driver's license number is %s now.", [2]string{"F162823540116", "G998877665544"}},
	pii.MedicalRecord: {"MRN: %s now.", [2]string{"04417756", "05528867"}},
	pii.Birthdate:     {"I was born on %s there.", [2]string{"1974-03-18", "1981-11-02"}},
	pii.Address:       {"寄到%s。", [2]string{"北京市朝阳区建国路88号3单元1202室", "上海市浦东新区世纪大道100号A座1201室"}},
	pii.IP:            {"I came from %s then.", [2]string{"203.0.113.77", "198.51.100.88"}},
	pii.WeChat:        {"微信号：%s 。", [2]string{"adakept_88", "bobkept_99"}},
}

// place is a restorable argument of a catalog.
type place struct {
	takes []pii.Type // without a word that tells them; nil for all in their own sentence
	call  func(customer, ticket, text string) action.Request
	fact  string // what the tool answers before, where it is none of the example's
}

// places are the restorable arguments of every catalog that is shipped.
var places = map[string]place{
	"zendesk.comment.create body": {call: func(_, ticket, text string) action.Request {
		return inJSON("PUT", "/zendesk/api/v2/tickets/"+ticket+".json", `{"ticket":{"comment":{"body":`, text, `}}}`)
	}},
	"zendesk.ticket.reply body": {call: func(_, ticket, text string) action.Request {
		return inJSON("PUT", "/zendesk/api/v2/tickets/"+ticket+".json", `{"ticket":{"status":"open","comment":{"body":`, text, `}}}`)
	}},
	"stripe.customer.update name":        {takes: []pii.Type{pii.Name}, call: inForm("name")},
	"stripe.customer.update email":       {takes: []pii.Type{pii.Email}, call: inForm("email")},
	"stripe.customer.update phone":       {takes: []pii.Type{pii.Phone, pii.Email, pii.PAN}, call: inForm("phone")},
	"stripe.customer.update description": {call: inForm("description")},
	"hubspot.note.create body": {
		call: func(customer, _, text string) action.Request {
			return inJSON("POST", "/hubspot/crm/v3/objects/notes", `{"associations":[{"to":{"id":"`+customer+`"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":202}]}],"properties":{"hs_timestamp":"2026-03-01T12:00:00Z","hs_note_body":`, text, `}}`)
		},
		fact: `{"id":"71","createdAt":"2026-01-01T00:00:00Z","archived":false,"properties":{}}`,
	},
	"jira.comment.create body": {
		call: func(_, ticket, text string) action.Request {
			return inJSON("POST", "/jira/rest/api/2/issue/"+ticket+"/comment", `{"body":`, text, `}`)
		},
		fact: `{"fields":{"project":{"key":"SUP"},"issuetype":{"name":"x"},"status":{"name":"y"},"created":"2026-01-01T00:00:00Z","summary":"z"}}`,
	},
}

func inJSON(method, path, before, text, after string) action.Request {
	quoted, _ := json.Marshal(text)
	return action.Request{Method: method, Path: path, Body: []byte(before + string(quoted) + after), Header: []action.Header{{Name: "content-type", Value: "application/json"}}}
}

func inForm(field string) func(_, _, text string) action.Request {
	return func(customer, _, text string) action.Request {
		r := executetest.Refund("", "")
		r.Path, r.Body = "/stripe/v1/customers/"+customer, []byte(field+"="+url.QueryEscape(text))
		return r
	}
}
