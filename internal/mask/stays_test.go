package mask_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// cues are what values stand behind, before and between: words, labels, markup, the
// beginnings of forms and tables, and the marks themselves.
var cues = strings.Split("PAN|pan |NI |insurance |NHS |SSN |SSN-|born |DOB: |出生|生日：|MRN-|patient |password: |API_KEY=|密码 |微信：|QQ |wx: |account |sort code |a/c |Aadhaar |passport |card |call |version |order |"+
	"Dear |Hi, |Hi |this is |I'm |My name is |Kind regards, |Kind regards,\n|Thanks for your help,\n|From: |To: \"|Name:|Customer: |Mr. |Bearer |Basic |Signed-off-by: |"+
	"姓名：|我叫|联系人|联系人是|请联系|先生|女士|经理|此致 敬礼 |祝好，| 敬上|车牌号 |密码是|口令 |我是|本人|户主|地址|寄到|路|88号|三号|年|月|日|"+
	"[name]|[pan]|[nino]|[ssn]|[phone]|[email]|[card]|[birthdate]|[secret]|[wechat]|[licence] |[passport] |[medical_record] |"+
	"<a href=\"mailto:|<|>|\">|<b>|</b>|<td>|<tr><td>|<br>|<th>Name</th>|**|`|\"|'|(|)|[|]|{|}|: |:|=|%2c|%20|x[|]=|&#64;|\\u0040|, |,|;|\t| | |\n|\n|\r\n|.|. |-|_|/|//|@|+|::|"+
	"name,phone\n|Name;Email\n|name\tborn\n|\n| Name | Phone |\n|--|--|\n|Content-Transfer-Encoding: quoted-printable\n\n|=\n|=3D|。|，|：|、|——", "|")

// data are values of each type, in more than one spelling.
var data = strings.Split("AAAPA0000A|aaapa0000a|AAAPA0000a|AB123456C|ab 12 34 56 c|ann@example.com|averyveryverylongnameofsomebodywhowritestous.andmore@subdomain.of.a.long.example.com|"+
	"4242 4242 4242 4242|4242424242424242|536-22-8745|536 22 8745|+1 415 555 0142|(415) 555-0132|415-555-0132|4155550132|13800138000|(+86)13812345678|020 7946 0958|0044 20 7946 0958|400-810-1234|"+
	"Ada|Ada Lovelace|ada|van der Berg|O'Brien|陈伟|欧阳志强|买买提·艾力|DE89 3704 0044 0532 0130 00|12345678|1234 5678 90|11010519491231002X|110105 19491231 002X|"+
	"2345 6789 0124|943 476 5919|9434765919|E12345678|00012345|12 March 1985|31/12/1985|1985年3月12日|一九八五年四月三日|19850312|203.0.113.7|2001:db8::1|chenwei_88|"+
	"北京市朝阳区建国路88号3单元1202室|北京市朝阳区建国路八十八号|sk_live_abcdefghijklmnop1234|12 Main Street|350 5th Ave, Apt 4, New York, NY 10118|hunter-two|S3cret!x|eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abcdefghij1|postgres://ann:pass-word1@db.example.com|京A·12345|京A12345", "|")

// randomText is values among cues.
func randomText(dice *rand.Rand) string {
	var b strings.Builder
	for range 2 + dice.IntN(9) {
		switch s := b.String(); {
		case dice.IntN(5) > 1:
			b.WriteString(cues[dice.IntN(len(cues))])
			continue
		case s != "" && (s[len(s)-1]-'0' < 10 || s[len(s)-1]|0x20 >= 'a' && s[len(s)-1]|0x20 <= 'z'), dice.IntN(4) == 0:
			b.WriteByte(' ')
		}
		b.WriteString(data[dice.IntN(len(data))])
	}
	return b.String()
}

// texts is how many texts are tried. STAYS_SEARCHES=1000000 tries more.
func texts() int {
	if n, err := strconv.Atoi(os.Getenv("STAYS_SEARCHES")); err == nil {
		return n
	}
	return 20000
}

// No stand-in is a cue, a label or a part of anything: what was masked is not masked
// further, as a text, as a string, as a key, as a table and as the value of a header.
func TestWhatIsMaskedStays(t *testing.T) {
	dice := rand.New(rand.NewPCG(13, uint64(texts())))
	mark, sealed := mask.New(surrogate.Mark{}), mask.New(session(t))
	for range texts() {
		m := mark
		if dice.IntN(2) == 0 {
			m = sealed
		}
		text := randomText(dice)
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		other, err := json.Marshal(randomText(dice))
		if err != nil {
			t.Fatal(err)
		}
		for media, body := range map[string]string{
			"text/plain": text, "text/csv": text,
			"application/json": `{"x":` + string(quoted) + `,` + string(quoted) + `:` + string(other) + `,"name":` + string(other) + `}`,
		} {
			staysMasked(t, m, media, []byte(body))
		}
		once, _ := m.Value(nil, []byte(text), mask.Default())
		if twice, _ := m.Value(nil, once, mask.Default()); !bytes.Equal(once, twice) {
			t.Errorf("header %q became %q and then %q", text, once, twice)
		}
	}
}

func staysMasked(t *testing.T, m *mask.Masker, media string, body []byte) {
	t.Helper()
	once, _, err := m.Body(nil, body, media, mask.Default())
	if err != nil {
		t.Fatal(err)
	}
	twice, _, err := m.Body(nil, once, media, mask.Default())
	if err != nil || !bytes.Equal(once, twice) {
		t.Errorf("%s %q became\n%q and then\n%q (%v)", media, body, once, twice, err)
	}
}

// A mark in brackets looks like a part of a name of a field, shortens the key or the tag
// that it stands in, and hides what decided before.
func TestStandInsTellNothing(t *testing.T) {
	long := strings.Repeat("a-long-name.", 5) + "ann@example.com"
	for name, c := range map[string]struct{ media, in, want string }{
		"identity in small letters": {"text/plain", "AAAPA0000A AAAPA0000a, AB123456C ab123456c", "[pan] AAAPA0000a, [nino] ab123456c"},
		"Chinese cue before a mark": {"text/plain", "微信：chenwei_88，京A12345 出生1985年3月12日后的19850312", "微信：[wechat]，京A12345 出生[birthdate]后的19850312"},
		"a field":                   {"text/plain", "/x?a%2c%2B14155550132=4155550132&b=1", "/x?a%2c[phone]=[phone]&b=1"},
		"a long key":                {"application/json", `{"` + long + ` phone":4155550132}`, `{"[email] phone":"[phone]"}`},
		"a long tag":                {"text/plain", `Kind regards, <a href="mailto:` + long + `">Ada</a>`, `Kind regards, <a href="mailto:[email]">[name]</a>`},
		"a long mailbox":            {"text/plain", `From: Ada <` + long + `>`, `From: [name] <[email]>`},
		"a phone before a card":     {"text/plain", "0044 20 7946 0958 4242 4242 4242 4242, +49 30 123456 4242 4242 4242 4242, call 00012345 4242 4242 4242 4242", "[phone] [card], [phone] [card], call [phone] [card]"},
		"a phone before an id":      {"text/plain", "0044 20 7946 0958 13800138000, 0044 20 7946 0958 110105 19491231 002X", "[phone] [phone], [phone] [resident_id]"},
		"behind quotes of a cell":   {"text/csv", "a,b\n\"x\" ann@example.com,2", "a,b\n\"x\" [email],2"},
		"a line in brackets":        {"text/plain", "Kind regards,\n[Acme] Ada\nName: Ann\n(ann@example.com) [1]\n", "Kind regards,\n[Acme] Ada\nName: [name]\n([email]) [1]\n"},
		"a setting that is a mark":  {"text/plain", "API_KEY=+1 415 555 0142", "API_KEY=[phone]"},
	} {
		t.Run(name, func(t *testing.T) {
			m := mask.New(surrogate.Mark{})
			got, _, err := m.Body(nil, []byte(c.in), c.media, mask.Default())
			if err != nil || string(got) != c.want {
				t.Errorf("%q became %q, want %q (%v)", c.in, got, c.want, err)
			}
			staysMasked(t, m, c.media, []byte(c.in))
			staysMasked(t, mask.New(session(t)), c.media, []byte(c.in))
		})
	}
}
