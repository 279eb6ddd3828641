package pii_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/pii"
)

// marked is text with every finding replaced by its type in brackets.
func marked(text string, types pii.Set) string { return markedBy(&pii.Finder{}, text, types) }

func markedBy(f *pii.Finder, text string, types pii.Set) string {
	var out strings.Builder
	done := 0
	for _, s := range f.Find(nil, []byte(text), types) {
		out.WriteString(text[done:s.Start] + "[" + s.Type.String() + "]")
		done = s.End
	}
	return out.String() + text[done:]
}

func TestFind(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"email, quoted":            {`see "ann.lee"@example.com, "ann lee"@example.com`, "see [email], [email]"},
		"email, no quotes of its":  {"it is \"\"@example.com and x\ny\"@example.com", "it is \"\"@example.com and x\ny\"@example.com"},
		"email, to come back":      {"bounces+7-ann.lee=example.com@mail.example.net", "[email]"},
		"email, bounced":           {"<bounce-ann.lee=example.com@mail.example.net>", "<[email]>"},
		"email of a field":         {"user.mail=first.last@example.com, a+b=ann@example.com", "user.mail=[email], a+b=[email]"},
		"card in cells":            {"4242/4242/4242/4242 and 4242\t4242\t4242\t4242\n", "[card] and [card]\n"},
		"card, no cells":           {"4242/4242/4242/4243 x/4242/4242/4242/4242 4242/4242/4242/4242/1 4242/4242\t4242/4242", "4242/4242/4242/4243 x/4242/4242/4242/4242 4242/4242/4242/4242/1 4242/4242\t4242/4242"},
		"digits of Arabic":         {"call ٠٧٧٠٠ ٩٠٠١٢٣ or +٩٧١ ٥٠ ١٢٣ ٤٥٦٧", "call [phone] or [phone]"},
		"digits of Hindi":          {"४२४२ ४२४२ ४२४२ ४२४२", "[card]"},
		"email":                    {"write to ann@example.com.", "write to [email]."},
		"email with tag":           {"<ann.lee+x_1@mail.example.co.uk>", "<[email]>"},
		"email in mailto":          {`<a href="mailto:ann@example.com">`, `<a href="mailto:[email]">`},
		"email percent-encoded":    {"/find?email=ann%40example.com&x=1", "/find?email=[email]&x=1"},
		"email as entity":          {"ann&#64;example.com", "[email]"},
		"email in entities":        {"ann&period;lee&lowbar;1&commat;exam&shy;ple&period;com", "[email]"},
		"email full-width":         {"ann＠example．com", "[email]"},
		"email next to Chinese":    {"邮箱chen.wei@example.cn。请", "邮箱[email]。请"},
		"email behind brackets":    {"陈伟（chen.wei@example.cn）", "陈伟（[email]）"},
		"email with accent":        {"josé@example.com", "[email]"},
		"email in Chinese":         {"陈伟@例子.中国", "[email]"},
		"email of digits":          {"13800138000@qq.com", "[email]"},
		"email with digits behind": {"ann@example.com4242424242424242", "[email]"},
		"email twice":              {"a@b.co,c@d.co", "[email],[email]"},

		"card plain":          {"card 4242424242424242", "card [card]"},
		"card spaced":         {"card 4242 4242 4242 4242.", "card [card]."},
		"card dashed":         {"5555-5555-5555-4444", "[card]"},
		"card no-break":       {"4242\u00a04242\u00a04242\u00a04242", "[card]"},
		"card entity":         {"4242&nbsp;4242&nbsp;4242&nbsp;4242", "[card]"},
		"card named entities": {"4242&ensp;4242&ndash;4242&thinsp;4242", "[card]"},
		"card full-width":     {"卡号４２４２４２４２４２４２４２４２", "卡号[card]"},
		"card zero width":     {"4242\u200b4242\u200b4242\u200b4242", "[card]"},
		"card joined":         {"4242\u034f4242\u180e4242\ufe0f4242", "[card]"},
		"card amex":           {"3782 822463 10005", "[card]"},
		"card diners":         {"30569309025904", "[card]"},
		"card 13 digits":      {"4222222222222", "[card]"},
		"short Maestro":       {"5018000000007, card 5018000000007", "5018000000007, card [card]"},
		"order or card":       {"order no. 4242424242424242, ref: 4242424242424242, 订单号4242424242424242", "order no. 4242424242424242, ref: 4242424242424242, 订单号4242424242424242"},
		"order and card":      {"order paid with 4242424242424242, order 4242 4242 4242 4242", "order paid with [card], order [card]"},
		"card 19 digits":      {"6212341111111111114 4242424242424242", "6212341111111111114 [card]"},
		"card unionpay":       {"6200000000000005", "[card]"},
		"card with expiry":    {"4242 4242 4242 4242 12/27", "[card] 12/27"},
		"card with host":      {"4242 4242 4242 4242@x.com", "[card]@x.com"},
		"card behind marks":   {"a@b.co/4242424242424242", "[email]/[card]"},
		"not Luhn":            {"4242424242424241", "4242424242424241"},
		"unknown prefix":      {"1234567812345670", "1234567812345670"},
		"twenty digits":       {"42424242424242424242", "42424242424242424242"},
		"fraction":            {"0.4242424242424242", "0.4242424242424242"},
		"inside identifier":   {"ch_4242424242424242", "ch_4242424242424242"},
		"in path":             {"https://x.zendesk.com/api/v2/users/4222222222222.json", "https://x.zendesk.com/api/v2/users/4222222222222.json"},
		"tied to letters":     {"ORD-4242424242424242", "ORD-4242424242424242"},
		"dots in fours":       {"4242.4242.4242.4242", "[card]"},
		"other dots":          {"424242.4242.424242 42424242.42424242", "424242.4242.424242 42424242.42424242"},

		"ssn":                  {"SSN: 536-22-8745.", "SSN: [ssn]."},
		"ssn spaced":           {"536 22 8745", "[ssn]"},
		"ssn dashes":           {"536–22–8745", "[ssn]"},
		"itin":                 {"912-70-1234", "[ssn]"},
		"ssn area 000":         {"000-22-8745", "000-22-8745"},
		"ssn area 666":         {"666-22-8745", "666-22-8745"},
		"ssn area 9":           {"900-22-8745", "900-22-8745"},
		"ssn group 00":         {"536-00-8745", "536-00-8745"},
		"ssn serial 0000":      {"536-22-0000", "536-22-0000"},
		"nine digits":          {"536228745", "536228745"},
		"resident identity":    {"身份证：11010519491231002X。", "身份证：[resident_id]。"},
		"resident identity x":  {"11010519491231002x", "[resident_id]"},
		"resident wrong check": {"110105194912310021", "110105194912310021"},

		"phone international": {"call +1 415 555 0142 now", "call [phone] now"},
		"phone plain plus":    {"+14155550132", "[phone]"},
		"phone London":        {"+44 20 7946 0958.", "[phone]."},
		"phone zero":          {"+44 (0)20 7946 0958", "[phone]"},
		"phone brackets":      {"(415) 555-0132", "[phone]"},
		"phone brackets near": {"(415)555-0132", "[phone]"},
		"phone dashed":        {"415-555-0132", "[phone]"},
		"phone dotted":        {"415.555.0132", "[phone]"},
		"phone with one":      {"1-415-555-0132", "[phone]"},
		"phone encoded":       {"tel=%2B14155550132", "tel=[phone]"},
		"phone before card":   {"+1 415 555 0142 4242 4242 4242 4242", "[phone] [card]"},
		"two phones":          {"415-555-0132/415-555-0133", "[phone]/[phone]"},
		"mobile":              {"手机13800138000，", "手机[phone]，"},
		"mobile grouped":      {"138 0013 8000", "[phone]"},
		"mobile dashed":       {"138-0013-8000", "[phone]"},
		"mobile with country": {"+86 138 0013 8000", "[phone]"},
		"mobile with 86":      {"86 13800138000 8613800138000", "[phone] [phone]"},
		"mobile full-width":   {"１３８００１３８０００", "[phone]"},
		"ten bare digits":     {"4155550132", "4155550132"},
		"plus in a sum":       {"1+4155550132", "1+4155550132"},
		"time zone":           {"2024-01-15T10:00:00+08:00", "2024-01-15T10:00:00+08:00"},
		"area 911":            {"911-555-0132", "911-555-0132"},

		"Chinese label":      {"姓名：陈伟，手机号：13800138000", "姓名：[name]，手机号：[phone]"},
		"Chinese label near": {"客户姓名:陈伟。", "客户姓名:[name]。"},
		"label, Latin name":  {"联系人: Ann Lee，", "联系人: [name]，"},
		"behind a label":     {"姓名：Ann13800138000", "姓名：[name][phone]"},
		"label without name": {"姓名：", "姓名："},

		"charge":        {"ch_3NabcDEF1234567890", "ch_3NabcDEF1234567890"},
		"hash and time": {"(ch_3N3a85858c08dc24aba). From 1725050928, ABA 021000021", "(ch_3N3a85858c08dc24aba). From 1725050928, ABA [bank_account]"},
		"timestamp":     {"1712345678 1712345678901", "1712345678 1712345678901"},
		"date":          {"2024-01-15 12:34:56", "2024-01-15 12:34:56"},
		"amount":        {"1,234,567.89 USD, 12000", "1,234,567.89 USD, 12000"},
		"uuid":          {"550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"},
		"card in uuid":  {"43209001-2557-4729-a2ab-65d47c31df9f 45510877-9069-4055-A8A7-471417f39fc5 43209001-2557-4729", "43209001-2557-4729-a2ab-65d47c31df9f 45510877-9069-4055-A8A7-471417f39fc5 [card]"},
		"decimal uuid":  {"11111111-1111-4716-4716-446655440000", "11111111-1111-4716-4716-446655440000"},
		"url":           {"https://api.stripe.com/v1/charges?limit=100", "https://api.stripe.com/v1/charges?limit=100"},
		"order":         {"order 20881, 114-3941689-8772232", "order 20881, 114-3941689-8772232"},
		"address":       {"192.168.100.200:8080", "[ip]:8080"},
		"git":           {"git@github.com:acme/app.git", "git@github.com:acme/app.git"},
		"package":       {"@types/node@18.0.0", "@types/node@18.0.0"},
		"image":         {"logo@2x.png", "logo@2x.png"},
		"mention":       {"@ann please", "@ann please"},
		"invalid bytes": {"\xff\xe9@\xed\xa0.co", "\xff\xe9@\xed\xa0.co"},
		"empty":         {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := marked(c.in, pii.All); got != c.want {
				t.Errorf("%q became %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestFindOnlyEnabledTypes(t *testing.T) {
	in := "ann@example.com 4242424242424242 536-22-8745 415-555-0132"
	got := map[string]string{}
	for _, typ := range []pii.Type{pii.Email, pii.Card, pii.SSN, pii.Phone, pii.Name, pii.Text} {
		got[typ.String()] = marked(in, pii.Set(0).With(typ))
	}
	want := map[string]string{
		"email": "[email] 4242424242424242 536-22-8745 415-555-0132",
		"card":  "ann@example.com [card] 536-22-8745 415-555-0132",
		"ssn":   "ann@example.com 4242424242424242 [ssn] 415-555-0132",
		"phone": "ann@example.com 4242424242424242 536-22-8745 [phone]",
		"name":  in, "text": in,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A text can end within a character, as one with percent escapes that was cut off.
func TestTextThatEndsWithinACharacter(t *testing.T) {
	var f pii.Finder
	for c := 0x80; c <= 0xFF; c++ {
		text := append([]byte("Dear Ada, "), byte(c))
		if got := f.Find(nil, text[:len(text):len(text)], pii.All); len(got) != 1 || got[0].Type != pii.Name {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestKeyType(t *testing.T) {
	for key, want := range map[string]pii.Type{
		"name": pii.Name, "first_name": pii.Name, "lastName": pii.Name, "Full-Name": pii.Name, "customer_name": pii.Name,
		"requesterName": pii.Name, "billing_first_name": pii.Name, "姓名": pii.Name, "客户姓名": pii.Name, "联系人": pii.Name,
		"email": pii.Email, "customer_email": pii.Email, "E-Mail": pii.Email, "邮箱": pii.Email,
		"phone": pii.Phone, "Phone Number": pii.Phone, "home.phone": pii.Phone, "电话": pii.Phone, "手机": pii.Phone, "手机号": pii.Phone,
		"ssn": pii.SSN, "SSN": pii.SSN, "id_number": pii.SSN, "身份证": pii.ResidentID, "card": pii.Card, "card_number": pii.Card, "卡号": pii.Card,
		"forename": pii.Name, "name_on_card": pii.Name, "contact_number": pii.Phone, "fax_number": pii.Phone, "mobile_no": pii.Phone, "座机": pii.Phone,
		"mailing_address": pii.Address, "城市": pii.Address, "card_no": pii.Card, "iban_number": pii.IBAN, "account_no": pii.BankAccount, "aba": pii.BankAccount,
		"customer_dob": pii.Birthdate, "出生年月": pii.Birthdate, "passport_no": pii.Passport, "licence_no": pii.Licence, "id_card": pii.ResidentID, "prepaid_card": pii.None,
		"住院号": pii.MedicalRecord, "aadhar": pii.Aadhaar, "ni_number": pii.NINO, "nhs_no": pii.NHS, "pan_card": pii.PAN, "last_login_ip": pii.IP, "wxid": pii.WeChat,
		"passphrase": pii.Secret, "webhook_secret": pii.Secret, "session_token": pii.Secret, "authorization": pii.None, "next_page_token": pii.None,
		"filename": pii.None, "hostname": pii.None, "product": pii.None, "id": pii.None, "amount": pii.None, "": pii.None,
	} {
		if got := pii.KeyType(pii.FoldKey(nil, []byte(key))); got != want {
			t.Errorf("key %q is %q, want %q", key, got, want)
		}
	}
	for key, want := range map[string]bool{
		"id": true, "ID": true, "user_id": true, "orderId": true, "ticket_ids": true, "ids": true, "account-id": true,
		"paid": false, "valid": false, "i": false, "kids": false,
	} {
		if got := pii.IsID([]byte(key)); got != want {
			t.Errorf("key %q is an identifier: %v, want %v", key, got, want)
		}
	}
}

// FuzzFind holds the promises of doc.go for any bytes.
func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"ann@example.com", "4242 4242 4242 4242", "+1 (415) 555-0132", "姓名：陈伟", "ann&#64;b.co%40x", "１３８００１３８０００",
		"415-555-0132.4242424242424242/13800138000", `a\u0040b.co`, "11010519491231002X", "陈伟@例子.中国",
		"Dear Ada and Mr. Stone AB 12 34 56 C", "HI A B MR JOE SMITH ORDER 4242424242424242", "password=\"S3cret!\" 密码是a1b2c3 postgres://a:b1@c.de", "北京市 朝阳区建国路 88 号院2号楼 501 D.O.B. 12-Mar-85", "(010) 62345678 0044 20 7946 0958 07700 900", "a/c 1234 5678 90 110105 19491231 002X fe80::1", "Regards,\n<b>Grace</b> O’Brien, +14155550142", "From: Ada <a@b.co>\nMy name is eva",
		"+7 4242 4242 4242 4242 call 1 4242 D.O.B. 12 03 85 born 3. März 1985", "415·555·0132 ann@[192.0.2.1] b@[IPv6:::1]", "北京市建国路八十八号三单元十二楼 姓名 买买提·艾力，我是陈伟，本人于", "1985年3月12日生 出生， 85年3月 19850312出生 QQ号 12345 V信：ab123", "+420 424 242 4242 42 call 0123 4242 4242 4242 4242",
	} {
		f.Add(s)
	}
	all := everywhere(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, finder := range []pii.Finder{{}, {Regions: all}} {
			fuzzFind(t, &finder, text)
		}
	})
}

func fuzzFind(t *testing.T, finder *pii.Finder, text string) {
	end := 0
	for _, s := range finder.Find(nil, []byte(text), pii.All) {
		if s.Start < end || s.End <= s.Start || s.End > len(text) || !pii.All.Has(s.Type) {
			t.Fatalf("%q: wrong span %+v behind %d", text, s, end)
		}
		end = s.End
	}
	once := markedBy(finder, text, pii.All)
	if twice := markedBy(finder, once, pii.All); twice != once {
		t.Fatalf("%q became %q and then %q", text, once, twice)
	}
	if strings.ToValidUTF8(text, "") == text && strings.ToValidUTF8(once, "") != once {
		t.Fatalf("%q: a character was cut in %q", text, once)
	}
}
