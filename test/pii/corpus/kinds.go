package corpus

import (
	"fmt"
	"strings"
	"time"
)

// kind is what a placeholder can be: of a type, or of none for what only looks
// like personal data.
type kind struct {
	typ  string
	make func(m *maker) string
}

var kinds = map[string]kind{
	"email": {"email", email}, "wideemail": {"email", wideEmail}, "hanemail": {"email", hanEmail},
	"card": {"card", card}, "carddigits": {"card", cardDigits},
	"ssn": {"ssn", ssn}, "itin": {"ssn", itin}, "ssndigits": {"ssn", ssnDigits},
	"iban": {"iban", iban}, "ip": {"ip", ip},
	"world": {"phone", world}, "american": {"phone", american}, "european": {"phone", european}, "national": {"phone", national},
	"mobile": {"phone", mobile}, "landline": {"phone", landline},
	"tendigits": {"phone", func(m *maker) string { return shape(m, "N0NN######") }},
	"first":     {"name", func(m *maker) string { return pick(m, firstNames...) }},
	"last":      {"name", func(m *maker) string { return pick(m, lastNames...) }},
	"name":      {"name", fullName}, "hanname": {"name", hanName}, "widename": {"name", wideName},
	"lowername": {"name", func(m *maker) string { return strings.ToLower(fullName(m)) }}, "lowerfirst": {"name", func(m *maker) string { return strings.ToLower(pick(m, firstNames...)) }},
	"capsname": {"name", func(m *maker) string { return strings.ToUpper(fullName(m)) }},
	"street":   {"address", street}, "city": {"address", city}, "address": {"address", postalAddress}, "hanaddress": {"address", hanAddress},
	"house": {"address", func(m *maker) string {
		return fmt.Sprintf("%d %s %s%s", 1+m.r.IntN(999), pick(m, streetNames...), pick(m, "Street", "Avenue", "Rd", "Lane"), pick(m, "", ", Apt 4B", ", Springfield, IL 62704"))
	}},
	"postcode": {"address", func(m *maker) string { return shape(m, pick(m, "#####", "#####-####", "AA# #AA")) }},
	"birth":    {"birthdate", func(m *maker) string { return date(m, 1940, 2005).Format("2006-01-02") }},
	"birthword": {"birthdate", func(m *maker) string {
		return date(m, 1940, 2005).Format(pick(m, "January 2, 2006", "2 Jan 2006", "01/02/2006", "02.01.2006"))
	}},
	"spelledbirth": {"birthdate", spelledDate}, "wrongbirth": {"birthdate", func(m *maker) string {
		return pick(m, "30/02/", "31.04.", "31-06-", "11/31/") + fmt.Sprint(1940+m.r.IntN(65))
	}},
	"hanbirth": {"birthdate", func(m *maker) string { return date(m, 1940, 2005).Format("2006年1月2日") }},
	"resident": {"resident_id", residentID}, "aadhaar": {"aadhaar", aadhaar}, "nhs": {"nhs_number", nhs}, "nino": {"nino", nino},
	"wrongnhs": {"nhs_number", func(m *maker) string { return shape(m, "1## ### ####") }},
	"plate": {"licence", func(m *maker) string {
		return pick(m, "京A", "沪B", "粤B", "浙A", "川A") + shape(m, pick(m, "·#####", "#####", "·D#####", "#A#A#"))
	}},
	"pan":      {"pan", func(m *maker) string { return shape(m, "AAA") + pick(m, "P", "C", "H", "F") + shape(m, "A####A") }},
	"passport": {"passport", func(m *maker) string { return shape(m, pick(m, "A########", "#########", "AA#######", "E########")) }},
	"licence":  {"licence", func(m *maker) string { return shape(m, pick(m, "A#######", "A############", "########", "AA######")) }},
	"mrn":      {"medical_record", func(m *maker) string { return shape(m, pick(m, "########", "MR-######", "H#######")) }},
	"account":  {"bank_account", func(m *maker) string { return digits(m, pick(m, 8, 10, 12)) }}, "routing": {"bank_account", routing},
	"wechat": {"wechat", func(m *maker) string { return pick(m, pinyin...) + pick(m, "_", "", "-") + digits(m, 3) }},
	"secret": {"secret", secret}, "hansecret": {"secret", func(m *maker) string { return shape(m, pick(m, "aaa###", "Aaaa####", "aaaa-##a")) }},

	"order": {"", func(m *maker) string {
		return pick(m, digits(m, 8), digits(m, 10), shape(m, "###-#######-#######"), shape(m, "ORD-########"), digits(m, 16))
	}},
	"id": {"", func(m *maker) string { return digits(m, pick(m, 9, 10, 12, 13)) }},
	"tracking": {"", func(m *maker) string {
		return pick(m, shape(m, "1Z###AA##########"), "9400"+shape(m, "##################"), shape(m, "SF#############"), shape(m, "RR#########DE"))
	}},
	"unix":   {"", func(m *maker) string { return fmt.Sprint(date(m, 2020, 2026).Unix()) }},
	"millis": {"", func(m *maker) string { return fmt.Sprint(date(m, 2020, 2026).UnixMilli()) }},
	"time":   {"", isoTime},
	"day": {"", func(m *maker) string {
		return date(m, 2023, 2026).Format(pick(m, "2006-01-02", "02.01.2006", "1/2/2006", "Jan 2, 2006"))
	}},
	"uuid": {"", func(m *maker) string {
		return strings.Join([]string{hexDigits(m, 8), hexDigits(m, 4), "4" + hexDigits(m, 3), "a" + hexDigits(m, 3), hexDigits(m, 12)}, "-")
	}},
	"hash": {"", func(m *maker) string { return hexDigits(m, pick(m, 32, 40, 64)) }},
	"price": {"", func(m *maker) string {
		return pick(m, fmt.Sprintf("$%d.%02d", 1+m.r.IntN(9999), m.r.IntN(100)), shape(m, "N,###,###.## USD"), shape(m, "€1#.###,##"))
	}},
	"cents": {"", func(m *maker) string { return digits(m, pick(m, 4, 5, 7)) }},
	"version": {"", func(m *maker) string {
		return pick(m, shape(m, "v#.##.#"), shape(m, "version 1.2.3.#"), shape(m, "Chrome/12#.0.6##.1##"), shape(m, "build 10.0.1##.2#"))
	}},
	"charge": {"", func(m *maker) string { return "ch_3" + shape(m, "AaaA##AaA#aAaa#A##") }},
	"cus":    {"", func(m *maker) string { return "cus_" + shape(m, "AaA##AaA#aAaa#") }},
	"isbn":   {"", func(m *maker) string { return shape(m, pick(m, "978-3-16-######-0", "97831614####0")) }},
	"sku":    {"", func(m *maker) string { return shape(m, pick(m, "SKU-####-####", "AA-###-##-####", "########-A")) }},
	"mac":    {"", func(m *maker) string { return shape(m, "00:1A:2B:##:##:##") }},
	"geo":    {"", func(m *maker) string { return shape(m, "4#.######, -7#.######") }},
	"size":   {"", func(m *maker) string { return shape(m, "1920x1080, 12####### bytes") }},
	"product": {"", func(m *maker) string {
		return pick(m, "Annual plan Pro", "USB-C cable 2m", "Desk Lamp 4000", "Espresso Beans 500g")
	}},
	"span": {"", func(m *maker) string {
		d := date(m, 2024, 2025)
		return d.Format("2006-01-02 15:04:05") + " - " + d.Add(time.Hour).Format("15:04:05")
	}},
}

// secret is a made-up key in the form of a real service's.
func secret(m *maker) string {
	letters := strings.Repeat("Aa#a", 12)
	return pick(m, "sk_"+"live_"+shape(m, letters[:24]), "ghp_"+shape(m, letters[:36]), "xoxb-"+shape(m, "############-############-"+letters[:24]),
		"AKIA"+shape(m, "AAA#AAAA##AAAA#A"), "glpat-"+shape(m, letters[:20]))
}
