package database

import "fmt"

// Customer is a person who buys.
type Customer struct {
	ID      string `json:"id" jsonschema:"the customer's id, cus_..."`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Phone   string `json:"phone"`
	Country string `json:"country" jsonschema:"ISO 3166 code"`
	Segment string `json:"segment" jsonschema:"annual or monthly"`
}

// Order is what a customer bought. Amounts are in cents.
type Order struct {
	ID       string `json:"id" jsonschema:"the order's id, ord_..."`
	Customer string `json:"customer" jsonschema:"the customer's id"`
	Name     string `json:"customer_name"`
	Email    string `json:"customer_email"`
	Status   string `json:"status" jsonschema:"open, shipped or refunded"`
	Total    int64  `json:"total" jsonschema:"in cents"`
	Currency string `json:"currency"`
	Note     string `json:"note" jsonschema:"what people wrote about the order"`
}

var customers = []Customer{
	{"cus_ada", "Ada Lovelace", "ada.lovelace@example.com", "+1 415 555 0142", "US", "annual"},
	{"cus_bob", "Bob Stone", "bob.stone@example.org", "+44 20 7946 0958", "GB", "monthly"},
	{"cus_chen", "陈伟", "chen.wei@example.cn", "+86 138 0013 8000", "CN", "annual"},
	{"cus_dana", "Dana Reyes", "dana.reyes@example.com", "+1 212 555 0110", "US", "annual"},
	{"cus_eli", "Eli Novak", "eli.novak@example.com", "+1 303 555 0127", "US", "monthly"},
	{"cus_fay", "Fay Morgan", "fay.morgan@example.org", "+44 20 7946 0011", "GB", "annual"},
	{"cus_gao", "高敏", "gao.min@example.cn", "+86 139 1234 5678", "CN", "monthly"},
	{"cus_hana", "Hana Weiss", "hana.weiss@example.de", "+49 30 901820", "DE", "annual"},
	{"cus_ian", "Ian Price", "ian.price@example.org", "+44 20 7946 0404", "GB", "monthly"},
	{"cus_jo", "Jo Carver", "jo.carver@example.com", "+1 512 555 0163", "US", "annual"},
	{"cus_kurt", "Kurt Adler", "kurt.adler@example.de", "+49 89 233396", "DE", "monthly"},
	{"cus_li", "李娜", "li.na@example.cn", "+86 137 0000 1111", "CN", "annual"},
	{"cus_mia", "Mia Santos", "mia.santos@example.com", "+1 617 555 0191", "US", "monthly"},
	{"cus_ned", "Ned Abbott", "ned.abbott@example.org", "+44 20 7946 0777", "GB", "annual"},
	{"cus_ola", "Ola Price", "ola.price@example.com", "+1 718 555 0134", "US", "monthly"},
	{"cus_pia", "Pia Brandt", "pia.brandt@example.de", "+49 40 428280", "DE", "annual"},
	{"cus_qi", "齐浩", "qi.hao@example.cn", "+86 136 2222 3333", "CN", "monthly"},
	{"cus_ray", "Ray Okafor", "ray.okafor@example.com", "+1 404 555 0175", "US", "annual"},
	{"cus_sue", "Sue Lang", "sue.lang@example.org", "+44 20 7946 0333", "GB", "monthly"},
	{"cus_tan", "谭静", "tan.jing@example.cn", "+86 135 4444 5555", "CN", "annual"},
}

// notes are what people wrote about an order; %s is the customer.
var notes = []string{
	"Customer name: %[1]s. Wants an e-mail to %[2]s when it ships.",
	"Call %[3]s before delivery.",
	"联系人姓名：%[1]s，邮箱 %[2]s。",
}

var statuses = [...]string{"shipped", "open", "refunded"}

// orders are three of every customer: ord_1001 to ord_1003 are Ada's.
func orders() []Order {
	var out []Order
	for i, c := range customers {
		for j, status := range statuses {
			n := i*len(statuses) + j
			out = append(out, Order{
				ID: fmt.Sprintf("ord_%d", 1001+n), Customer: c.ID, Name: c.Name, Email: c.Email,
				Status: status, Total: int64(1500 + 370*n), Currency: "usd",
				Note: fmt.Sprintf(notes[j]+"%.0[1]s%.0[2]s%.0[3]s", c.Name, c.Email, c.Phone),
			})
		}
	}
	return out
}
