package pii_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// What the numbers, documents, addresses and keys of more countries look like,
// and what only looks like them.
func TestFindMore(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"iban":                  {"pay to DE89370400440532013000 today", "pay to [iban] today"},
		"iban in groups":        {"GB82 WEST 1234 5698 7654 32.", "[iban]."},
		"iban in small letters": {"fr1420041010050500013m02606", "[iban]"},
		"iban, wrong check":     {"DE88370400440532013000", "DE88370400440532013000"},
		"iban, too short":       {"DE8937040044053201300", "DE8937040044053201300"},
		"iban of no country":    {"XX82370400440532013000", "XX82370400440532013000"},

		"address of version 4":      {"from 203.0.113.7:443/24", "from [ip]:443/24"},
		"address in a URL":          {"http://203.0.113.7/x", "http://[ip]/x"},
		"address of version 6":      {"from 2001:db8::8a2e:370:7334.", "from [ip]."},
		"address of version 6 full": {"6e40:4041:c617:e898:c11:40d2:c669:2eb4", "[ip]"},
		"version":                   {"version 1.2.3.4, v1.2.3.4, Chrome/120.0.60.12", "version 1.2.3.4, v1.2.3.4, Chrome/120.0.60.12"},
		"five numbers":              {"1.3.6.1.4", "1.3.6.1.4"},
		"loopback":                  {"127.0.0.1 and ::1 and 0.0.0.0", "127.0.0.1 and ::1 and 0.0.0.0"},
		"time and MAC":              {"12:30:45 00:1a:2b:3c:4d:5e", "12:30:45 00:1a:2b:3c:4d:5e"},
		"scope":                     {"std::vector<a::b>", "std::vector<a::b>"},

		"nino":                  {"NI number QQ123456C, AB 12 34 56 C, QQ123456C, QQ 12 34 56 C", "NI number [nino], [nino], QQ123456C, QQ 12 34 56 C"},
		"pan":                   {"PAN ABCPE1234F and ABCXE1234F", "PAN [pan] and ABCXE1234F"},
		"nino in small letters": {"my NI number is ab123456c, at 12 34 56 c", "my NI number is [nino], at 12 34 56 c"},
		"nino spelled small":    {"National Insurance: ab 12 34 56 c", "National Insurance: [nino]"},
		"no nino":               {"build ab123456c", "build ab123456c"},
		"pan in small letters":  {"pan card abcpe1234f", "pan card [pan]"},
		"no pan":                {"commit abcpe1234f", "commit abcpe1234f"},
		"aadhaar":               {"2341 2341 2346", "[aadhaar]"},
		"mistyped, labelled":    {"Aadhaar no. 2341 2341 2345, Aadhaar: 134123412345, NHS number: 123 456 7890, NHS no 9434765918, PAN ABCXE1234F, SSN: 000-22-8745", "Aadhaar no. [aadhaar], Aadhaar: [aadhaar], NHS number: [nhs_number], NHS no [nhs_number], PAN [pan], SSN: [ssn]"},
		"mistyped, of others":   {"the NHS sent letter 1234567890, Aadhaar office, line 2341 2341 2345, Aadhaar 2341 2341 2345 1, ABCXE1234F, National Rail KN123456A", "the NHS sent letter 1234567890, Aadhaar office, line 2341 2341 2345, Aadhaar 2341 2341 2345 1, ABCXE1234F, National Rail KN123456A"},
		"aadhaar, wrong check":  {"2341 2341 2345", "2341 2341 2345"},
		"nhs":                   {"NHS number 943 476 5919", "NHS number [nhs_number]"},

		"passport":               {"passport no. C01234567", "passport no. [passport]"},
		"licence":                {"My driver's license number is F162823540116", "My driver's license number is [licence]"},
		"medical record":         {"MRN: 00123456", "MRN: [medical_record]"},
		"account":                {"account number 000123456789, routing 110000000", "account number [bank_account], routing [bank_account]"},
		"account, but order":     {"the order 000123456789 of my account", "the order 000123456789 of my account"},
		"nine digits announced":  {"my SSN is 536228745", "my SSN is [ssn]"},
		"born":                   {"born on 2/8/1935.", "born on [birthdate]."},
		"born in words":          {"date of birth: March 12, 1985", "date of birth: [birthdate]"},
		"born in Chinese":        {"出生日期：1985年3月12日", "出生日期：[birthdate]"},
		"born behind a letter":   {"born x2/8/1935", "born x[birthdate]"},
		"short record":           {"MRN: A1234", "MRN: [medical_record]"},
		"address behind a label": {"WeChat:maann@b.co-----BEGIN PRIVATE KEY-----", "WeChat:[email] PRIVATE KEY-----"},
		"another date":           {"shipped on 2/8/2024", "shipped on 2/8/2024"},

		"phone announced":       {"call me at 0494 92 82 32 now", "call me at [phone] now"},
		"phone below its label": {"Phone:\n467 3395\n", "Phone:\n[phone]\n"},
		"phone before its word": {"930.167.3943 fax", "[phone] fax"},
		"phone with extension":  {"(898)666-3621x0135", "[phone]"},
		"phone of Paris":        {"01 84 17 61 18", "[phone]"},
		"area announced":        {"Phone: (37) 788-063", "Phone: [phone]"},
		"order announced":       {"order 20881234, tracking 94001118", "order 20881234, tracking 94001118"},
		"date announced":        {"call on 2024-01-15", "call on 2024-01-15"},
		"price":                 {"call it 1200 USD", "call it 1200 USD"},

		"name introduced":      {"你好，我叫陈伟，订单没到", "你好，我叫[name]，订单没到"},
		"name with title":      {"请联系王小明先生。", "请联系[name]先生。"},
		"compound name":        {"我叫欧阳志强，欧阳志强先生来过", "我叫[name]，[name]先生来过"},
		"no end of a name":     {"姓名：" + strings.Repeat("ab ", 30), "姓名：[name]" + strings.Repeat("ab ", 30)[64:]},
		"household":            {"户主李娜，寄件人：张伟", "户主[name]，寄件人：[name]"},
		"no name":              {"负责人很忙，经办人不在", "负责人很忙，经办人不在"},
		"title alone":          {"那位先生说", "那位先生说"},
		"Chinese address":      {"寄到北京市朝阳区建国路88号3单元1202室。", "寄到[address]。"},
		"address with tower":   {"上海市浦东新区世纪大道100号A座1201室", "[address]"},
		"address with door":    {"南京市鼓楼区中山北路12号8栋501，谢谢", "[address]，谢谢"},
		"address, then mobile": {"南京市鼓楼区中山北路12号13800138000", "[address][phone]"},
		"Chinese landline":     {"座机 0512-63468574转888，010-62345678", "座机 [phone]，[phone]"},
		"no landline":          {"0512-6346857412 010-12345678 0012-63468574", "0512-6346857412 010-12345678 0012-63468574"},
		"born, month in words": {"date of birth 18 Mar 1974", "date of birth [birthdate]"},
		"percent in Cyrillic":  {"%D0%B4%D0%BC53%40%D0%BF%D1%80.%D1%80%D1%84", "[email]"},
		"escape in escape":     {`ann\\u0040example.com`, "[email]"},
		"digest":               {"<4380e2db429cd6adfc0ef2ed2ae5980c@mail.example.com>", "<4380e2db429cd6adfc0ef2ed2ae5980c@mail.example.com>"},
		"SSN tied":             {"SKU-536-22-8745 SSN-536-22-8745", "SKU-536-22-8745 SSN-[ssn]"},
		"number of a road":     {"第88号", "第88号"},
		"WeChat":               {"微信号：chenwei_88", "微信号：[wechat]"},

		"Stripe's key":           {"key=sk_live_51HabcdefGHIJKLmnop", "key=[secret]"},
		"GitHub's":               {"ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[secret]"},
		"a web token":            {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "[secret]"},
		"a private key":          {"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----\nrest", "[secret]\nrest"},
		"its end is hidden":      {`-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY\u002d----\nrest`, `[secret]\nrest`},
		"a charge":               {"ch_1HabcdefGHIJKLmnopqrst42", "ch_1HabcdefGHIJKLmnopqrst42"},
		"a password":             {"Password: hunter-two", "Password: [secret]"},
		"with a sign":            {"your DB_PASSWORD: P@ssword. Bye", "your DB_PASSWORD: [secret]. Bye"},
		"with a digit":           {"the passcode: abc123 works, 密码：abc12345", "the passcode: [secret] works, 密码：[secret]"},
		"a key without a digit":  {"api_key: abcDefGhijkl\nAPI key: ab_cd-ef", "api_key: [secret]\nAPI key: [secret]"},
		"what is said of one":    {"Password: changed. Password: required, API key: see below. Password: case-sensitive words", "Password: changed. Password: required, API key: see below. Password: case-sensitive words"},
		"no password":            {"password: https://acme.example/reset password: ******** passwords: a1b2c3d4 password: ab12", "password: https://acme.example/reset password: ******** passwords: a1b2c3d4 password: ab12"},
		"HTTP's credentials":     {"Authorization: Basic YWdlbnRAYWNtZTp4eXo5OQ== or bearer tok-77aaaaaaaaaaaaaa.", "Authorization: Basic [secret] or bearer [secret]."},
		"credentials, any digit": {"Bearer 9f86d081884c7d659a2f, Bearer ab/cd+ef~gh7ijkl/mno==, basic dXNlcjp+Pz8/cGFzczE5OTk=, bearer /9j4AAQSkZJRgABAQ", "Bearer [secret], Bearer [secret], basic [secret], bearer [secret]"},
		"no credentials":         {"the basic plan2025 and Basic 10 of it, basic 12-month-subscription, https://bearer/a/b/c/d/e/f/g7hij", "the basic plan2025 and Basic 10 of it, basic 12-month-subscription, https://bearer/a/b/c/d/e/f/g7hij"},
		"a public part":          {"-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := marked(c.in, pii.All); got != c.want {
				t.Errorf("%q became %q, want %q", c.in, got, c.want)
			}
		})
	}
}
