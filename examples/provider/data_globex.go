package provider

import "strconv"

// globex is the data set of a second tenant; it shares no id with the first.
var globex = seed{
	agent: User{ID: 9600, URL: link("users", 9600), Name: "Globex Helpdesk", Email: "agent@globex.example", Role: "agent", TimeZone: "UTC", Locale: "en-US"},
	customers: []seedCustomer{
		{id: "cus_grace", user: 9501, name: "Grace Hopper", email: "grace.hopper@example.net", phone: "+1 212 555 0187", notes: "Board member."},
		{id: "cus_lin", user: 9502, name: "林晓", email: "lin.xiao@example.cn", phone: "+86 139 1234 5678", notes: "姓名：林晓，手机号：13912345678。"},
	},
	charges: []seedCharge{
		{"ch_grace_small", "cus_grace", 2500, "usd", "Monthly plan"},
		{"ch_grace_large", "cus_grace", 90000, "usd", "Annual plan"},
		{"ch_grace_eur", "cus_grace", 12000, "eur", "Conference ticket"},
		{"ch_lin_300", "cus_lin", 30000, "usd", "年度套餐"},
		{"ch_lin_jpy", "cus_lin", 15000, "jpy", "培训"},
	},
	tickets: []seedTicket{
		{5001, 9501, "Cancel the annual plan", []seedMessage{
			{text: "Grace Hopper, grace.hopper@example.net. Please cancel, my card 5555 5555 5555 4444 was charged."},
		}},
		{5002, 9502, "发票", []seedMessage{
			{text: "我是林晓，手机号：13912345678，请把发票寄到 lin.xiao@example.cn。"},
		}},
	},
}

// link is an object's address as Zendesk writes it.
func link(resource string, id int64) string {
	return "https://example.zendesk.com/api/v2/" + resource + "/" + strconv.FormatInt(id, 10) + ".json"
}
