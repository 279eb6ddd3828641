package provider

// acme is the data set of the running example. The people are invented; their
// numbers are well formed, so that a mask has something real to find.
var acme = seed{
	agent: User{ID: 9100, URL: link("users", 9100), Name: "Support Agent", Email: "agent@acme.example", Role: "agent", TimeZone: "UTC", Locale: "en-US", ExternalID: pointer("tier1-bot")},
	others: map[int64]User{
		1003: {ID: 9101, URL: link("users", 9101), Name: "Second Line", Email: "second@acme.example", Role: "agent", TimeZone: "UTC", Locale: "zh-CN"},
	},
	customers: []seedCustomer{
		{id: "cus_ada", user: 9001, name: "Ada Lovelace", email: "ada.lovelace@example.com", phone: "+1 415 555 0142", notes: "Prefers e-mail. SSN on file: 536-22-8745."},
		{id: "cus_bob", user: 9002, name: "Bob Stone", email: "bob.stone@example.org", phone: "+44 20 7946 0958", notes: "Calls on Mondays."},
		{id: "cus_chen", user: 9003, name: "陈伟", email: "chen.wei@example.cn", phone: "+86 138 0013 8000", notes: "姓名：陈伟，手机号：13800138000，身份证：11010519491231002X。"},
	},
	charges: []seedCharge{
		{"ch_ada_small", "cus_ada", 3000, "usd", "Monthly plan"},
		{"ch_ada_large", "cus_ada", 120000, "usd", "Annual plan, team of twelve"},
		{"ch_ada_1000", "cus_ada", 100000, "usd", "Annual plan, team of ten"},
		{"ch_ada_450", "cus_ada", 45000, "usd", "Onboarding workshop"},
		{"ch_ada_80", "cus_ada", 8000, "usd", "Two extra seats"},
		{"ch_ada_jpy", "cus_ada", 20000, "jpy", "Workshop in Tokyo"},
		{"ch_ada_eur", "cus_ada", 15000, "eur", "Workshop in Berlin"},
		{"ch_ada_4999", "cus_ada", 4999, "usd", "Add-on, invoice to ada.lovelace@example.com"},
		{"ch_bob_90", "cus_bob", 9000, "usd", "Quarterly plan"},
		{"ch_bob_20", "cus_bob", 2000, "usd", "Sticker pack"},
		{"ch_chen_60", "cus_chen", 6000, "usd", "订单 20881，联系人陈伟，手机 13800138000"},
		{"ch_chen_jpy", "cus_chen", 9800, "jpy", "季度套餐"},
	},
	tickets: []seedTicket{
		{1001, 9001, "Charged twice for the annual plan", []seedMessage{
			{text: "Hi, this is Ada Lovelace (ada.lovelace@example.com). I was charged twice, please refund one of them.\nYou can call me at +1 415 555 0142. The card is 4242 4242 4242 4242."},
			{fromAgent: true, text: "Thank you, Ada. Could you confirm the last digits of your social security number?"},
			{text: "It is 536-22-8745. My colleague Bob Stone, bob.stone@example.org, can confirm."},
			{fromAgent: true, private: true, text: "Verified by phone. Charge ch_ada_small looks like the duplicate."},
		}},
		{1002, 9002, "Where is my sticker pack?", []seedMessage{
			{text: "Bob Stone here. My order has not come. My number is +44 20 7946 0958."},
		}},
		{1003, 9003, "申请退款", []seedMessage{
			{text: "您好，姓名：陈伟，手机号：13800138000，身份证号：11010519491231002X，邮箱 chen.wei@example.cn。请退款订单 20881。"},
			{fromAgent: true, text: "陈伟先生，您好，我们正在处理。"},
		}},
	},
}
