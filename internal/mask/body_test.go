package mask_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

func TestBodyJSON(t *testing.T) {
	keyed := mask.Default()
	keyed.Keys = map[string]pii.Type{"subject": pii.Text, "称呼": pii.Name}
	keyed.Pass = map[string]bool{"name": true}
	onlyEmail := mask.Default()
	onlyEmail.Types = pii.Set(0).With(pii.Email)

	for name, c := range map[string]struct {
		policy   mask.Policy
		in, want string
	}{
		"spelling stays":      {mask.Default(), " {\"b\" : [1.50e+2,\t-0 ,true,null] ,\n\"a\":\"x\\u0041\\/\"} ", " {\"b\" : [1.50e+2,\t-0 ,true,null] ,\n\"a\":\"x\\u0041\\/\"} "},
		"in text":             {mask.Default(), `{"body":"I am ann@example.com, 4242 4242 4242 4242"}`, `{"body":"I am [email], [card]"}`},
		"escaped":             {mask.Default(), `["ann\u0040example.com \u0034242\/x 415\u00a0555\u00a00132"]`, `["[email] \u0034242\/x [phone]"]`},
		"escaped Chinese":     {mask.Default(), `{"\u59d3\u540d":"\u9648\u4f1f"}`, `{"\u59d3\u540d":"[name]"}`},
		"name keys":           {mask.Default(), `{"name":"Ann","First-Name":"A","customerName":"B","filename":"c.txt","姓名":"陈伟"}`, `{"name":"[name]","First-Name":"[name]","customerName":"[name]","filename":"c.txt","姓名":"[name]"}`},
		"name list":           {mask.Default(), `{"names":["Ann","",null,"Bob"]}`, `{"names":["[name]","",null,"[name]"]}`},
		"name object":         {mask.Default(), `{"name":{"first":"Ann","id":"x1"}}`, `{"name":{"first":"[name]","id":"x1"}}`},
		"numbers under keys":  {mask.Default(), `{"phone":4155550132,"ssn":123456789,"card":4242424242424242,"手机号":13800138000}`, `{"phone":"[phone]","ssn":"[ssn]","card":"[card]","手机号":"[phone]"}`},
		"strings under keys":  {mask.Default(), `{"phone":"555 0132","ssn":"536228745","身份证":"110105 1949","email":"ann at home"}`, `{"phone":"[phone]","ssn":"[ssn]","身份证":"[resident_id]","email":"[email]"}`},
		"cards of Stripe":     {mask.Default(), `{"card":{"brand":"visa","last4":"4242","exp_year":2027},"source":{"card":"card_1Nabc12345678"}}`, `{"card":{"brand":"visa","last4":"4242","exp_year":2027},"source":{"card":"card_1Nabc12345678"}}`},
		"card as a number":    {mask.Default(), `{"value":4242424242424242,"id":4242424242424242,"order_id":"13800138000"}`, `{"value":"[card]","id":4242424242424242,"order_id":"13800138000"}`},
		"keys are values":     {mask.Default(), `{"ann@example.com":1,"+1 415 555 0132":{"x":1}}`, `{"[email]":1,"[phone]":{"x":1}}`},
		"flags stay":          {mask.Default(), `{"email":true,"phone":null,"name":false,"phone_verified":1,"ssn":""}`, `{"email":true,"phone":null,"name":false,"phone_verified":1,"ssn":""}`},
		"versions stay":       {mask.Default(), `{"version":"1.2.3.4","app_version":"10.20.30.40","note":"1.2.3.4","osVersion":"at 10.0.0.1"}`, `{"version":"1.2.3.4","app_version":"10.20.30.40","note":"[ip]","osVersion":"at [ip]"}`},
		"identifiers stay":    {mask.Default(), `{"id":"ch_3Nabc1234567890","created":1712345678,"amount":4155550132,"uuid":"550e8400-e29b-41d4-a716-446655440000"}`, `{"id":"ch_3Nabc1234567890","created":1712345678,"amount":4155550132,"uuid":"550e8400-e29b-41d4-a716-446655440000"}`},
		"JSON in a string":    {mask.Default(), `{"text":"{\"name\":\"Ann\",\"phone\":4155550132}"}`, `{"text":"{\"name\":\"[name]\",\"phone\":\"[phone]\"}"}`},
		"twice in a string":   {mask.Default(), `["[\"{\\\"phone\\\": 4155550132}\"]"]`, `["[\"{\\\"phone\\\": \\\"[phone]\\\"}\"]"]`},
		"almost in a string":  {mask.Default(), `["{ann@example.com"]`, `["{[email]"]`},
		"own keys":            {keyed, `{"subject":"Refund for Ann","name":"Gold plan","称呼":"陈先生","owner":{"name":"ann@example.com"}}`, `{"subject":"[text]","name":"Gold plan","称呼":"[name]","owner":{"name":"[email]"}}`},
		"only one type":       {onlyEmail, `{"name":"Ann","phone":"415-555-0132","x":"ann@example.com"}`, `{"name":"Ann","phone":"415-555-0132","x":"[email]"}`},
		"scalar":              {mask.Default(), `"ann@example.com"`, `"[email]"`},
		"already masked":      {mask.Default(), `{"name":"[name]","x":"[email] [card]"}`, `{"name":"[name]","x":"[email] [card]"}`},
		"half a surrogate":    {mask.Default(), `["\ud800 ann@example.com \udc00"]`, `["\ud800 [email] \udc00"]`},
		"emoji by escape":     {mask.Default(), `["\ud83d\ude00ann@example.com"]`, `["\ud83d\ude00[email]"]`},
		"full-width in a key": {mask.Default(), `{"x":"电话：１３８００１３８０００"}`, `{"x":"电话：[phone]"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := mask.Body([]byte("kept:"), []byte(c.in), "application/json; charset=UTF-8", c.policy, surrogate.Mark{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("kept:"+c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBodyText(t *testing.T) {
	for name, c := range map[string]struct{ media, in, want string }{
		"plain":           {"text/plain", "姓名：陈伟\nann@example.com\r\n", "姓名：[name]\n[email]\r\n"},
		"html":            {"text/html", "<p>4242&nbsp;4242&nbsp;4242&nbsp;4242</p>", "<p>[card]</p>"},
		"JSON with a BOM": {"text/plain", "\ufeff{\"name\":\"Ann\"}", "\ufeff{\"name\":\"[name]\"}"},
		"JSON, guarded":   {"text/plain", ")]}',\n{\"name\":\n\"Ann\"}", ")]}',\n{\"name\":\n\"[name]\"}"},
		"JSON, looped":    {"text/plain", "for(;;);[{\"name\":\"Ann\"}]", "for(;;);[{\"name\":\"[name]\"}]"},
		"JSON unsaid":     {"text/plain", `{"name":"Ann"}`, `{"name":"[name]"}`},
		"lines of JSON":   {"application/x-ndjson", "{\"name\":\"Ann\"}\n[1]\n{\"name\":\"Bob\"}", "{\"name\":\"[name]\"}\n[1]\n{\"name\":\"[name]\"}"},
		"known by a key":  {"text/plain", "see below\n{\"n\":1,\"first_name\":\"wei\",\"memo\":{\"street\":\"hill\"}}\n", "see below\n{\"n\":1,\"first_name\":\"[name]\",\"memo\":{\"street\":\"[address]\"}}\n"},
		"lines, one text": {"text/plain", "[INFO] a@b.co\n{\"name\":\"Bob\"}\n", "[INFO] [email]\n{\"name\":\"[name]\"}\n"},
		"events":          {"text/event-stream", "data: {\"name\":\"Ann\"}\n\n", "data: {\"name\":\"[name]\"}\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := mask.Body(nil, []byte(c.in), c.media, mask.Default(), surrogate.Mark{})
			if err != nil || string(got) != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestBodyRefuses(t *testing.T) {
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	small := mask.Default()
	small.MaxBody = 4
	for name, c := range map[string]struct {
		policy    mask.Policy
		media, in string
		want      error
	}{
		"invalid JSON":   {mask.Default(), "application/json", `{"a":1,}`, mask.ErrJSON},
		"two values":     {mask.Default(), "application/json", `1 2`, mask.ErrJSON},
		"cut short":      {mask.Default(), "application/json", `{"a":"ann@exam`, mask.ErrJSON},
		"byte order":     {mask.Default(), "application/json", "\uFEFF{}", mask.ErrJSON},
		"invalid UTF-8":  {mask.Default(), "text/plain", "\xff", mask.ErrUTF8},
		"depth":          {mask.Default(), "application/json", deep, mask.ErrDepth},
		"depth unsaid":   {mask.Default(), "text/plain", deep, mask.ErrDepth},
		"too large":      {small, "text/plain", "12345", mask.ErrTooLarge},
		"no policy":      {mask.Policy{}, "text/plain", "1", mask.ErrTooLarge},
		"binary":         {mask.Default(), "application/octet-stream", "x", mask.ErrMedia},
		"no media type":  {mask.Default(), "", "x", mask.ErrMedia},
		"two types":      {mask.Default(), "text/plain,text/event-stream", "x", mask.ErrMedia},
		"two with more":  {mask.Default(), "text/plain; x=1,application/pdf", "x", mask.ErrMedia},
		"charset":        {mask.Default(), "text/plain; charset=gb18030", "x", mask.ErrCharset},
		"quoted charset": {mask.Default(), `application/json; x=1; Charset="utf-16"`, "{}", mask.ErrCharset},
		"event":          {mask.Default(), "text/event-stream", "data: {\"a\":\n\n", mask.ErrJSON},
		"event UTF-8":    {mask.Default(), "text/event-stream", "data: \xff\n\n", mask.ErrUTF8},
	} {
		t.Run(name, func(t *testing.T) {
			got, report, err := mask.Body([]byte("kept"), []byte(c.in), c.media, c.policy, surrogate.Mark{})
			if !errors.Is(err, c.want) || string(got) != "kept" || report != (mask.Report{}) {
				t.Errorf("%q, %v, %v; want error %v", got, report, err, c.want)
			}
		})
	}
	if got, _, err := mask.Body(nil, nil, "image/png", mask.Policy{}, surrogate.Mark{}); len(got) != 0 || err != nil {
		t.Errorf("an empty body gives %q, %v", got, err)
	}
}

// TestValidityIsThatOfTheStandardLibrary holds the spellings a fuzz run may miss.
func TestValidityIsThatOfTheStandardLibrary(t *testing.T) {
	for _, src := range []string{
		"1.", "01", "-", "-0", "1e", "1e+", "1E-2", ".5", "+1", "1.5.", "0x1", "tru", "nulll", `"\q"`, `"\u12g4"`, `"\u12"`, `"` + "\x7f" + `"`, `"` + "\t" + `"`,
		`{"a"}`, `{"a":}`, `{a:1}`, `[1,]`, `[,1]`, `{}}`, `[`, `{`, `"`, " ", "\v1", "[1 2]", `{"a":1 "b":2}`, `{1:2}`, "'a'", "NaN",
	} {
		if _, _, err := mask.Body(nil, []byte(src), "application/json", mask.Default(), surrogate.Mark{}); (err == nil) != json.Valid([]byte(src)) {
			t.Errorf("%q: %v, valid is %v", src, err, json.Valid([]byte(src)))
		}
	}
}

func TestReport(t *testing.T) {
	_, report, err := mask.Body(nil, []byte(`{"name":"Ann","x":"a@b.co c@d.co","y":"[email]","z":"[broken 415-555-0132"}`), "application/json", mask.Default(), surrogate.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(report.AppendJSON(nil)); got != `{"email":2,"phone":1,"name":1}` {
		t.Error(got)
	}
	if got := string(mask.Report{}.AppendJSON(nil)); got != `{}` {
		t.Error(got)
	}
}

func TestValue(t *testing.T) {
	m := mask.New(surrogate.Mark{})
	for in, want := range map[string]string{"13800138000": "13800138000", "/x?email=ann%40example.com": "/x?email=[email]", "req_1": "req_1",
		"/x?name=Ann+Lee&phone=4155550142&page=4155550142":                                                   "/x?name=[name]&phone=[phone]&page=4155550142",
		`<https://x.example/a?page=2>; rel="next", <https://x.example/a?name=Ann&page=2>; rel="last"`:        `<https://x.example/a?page=2>; rel="next", <https://x.example/a?name=[name]&page=2>; rel="last"`,
		`Ada Lovelace <ann@example.com>, <`:                                                                  `[name] <[email]>, <`,
		"/x?sorted&name=Ann+Lee&&n=1&ann%40example.com":                                                      "/x?sorted&name=[name]&&n=1&[email]",
		"/x?customer%5Bname%5D=Ann+Lee&first%5Fname=Ann&a[b][name]=Bob&name%5B0%5D=Ada&name[]=Eve&a[id]=Ann": "/x?customer%5Bname%5D=[name]&first%5Fname=[name]&a[b][name]=[name]&name%5B0%5D=[name]&name[]=[name]&a[id]=Ann",
		"/x?n=1&ann%40example.com=2&q[4242424242424242]=3":                                                   "/x?n=1&[email]=2&q[[card]]=3",
		`</a?n=1&name=Ann+Lee>;rel="next",</b?n=2&name=Bob+Ray>;rel="last"`:                                  `</a?n=1&name=[name]>;rel="next",</b?n=2&name=[name]>;rel="last"`,
		`inline; filename="ann@example.com.pdf"`:                                                             `inline; filename="[email]"`,
	} {
		got, _ := m.Value(nil, []byte(in), mask.Default())
		if string(got) != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if again, _ := m.Value(nil, got, mask.Default()); string(again) != want {
			t.Errorf("%q became %q", got, again)
		}
	}
}

// Text in UTF-16 may be valid UTF-8, with a zero byte between its letters.
func TestTextInUTF16(t *testing.T) {
	for _, media := range []string{"text/plain", "text/csv", "text/event-stream"} {
		out, _, err := mask.Body(nil, []byte("a\x00n\x00@\x00b\x00.\x00c\x00o\x00"), media, mask.Default(), surrogate.Mark{})
		if !errors.Is(err, mask.ErrUTF8) || len(out) > 0 {
			t.Errorf("%s: %q, %v", media, out, err)
		}
	}
}

// planted are values that must survive in no place a body has for them.
var planted = []string{
	"ann.lee@example.com", "chen.wei@example.cn", "4242 4242 4242 4242", "4242424242424242", "5555-5555-5555-4444", "378282246310005",
	"536-22-8745", "+1 415 555 0142", "(415) 555-0132", "415-555-0132", "13800138000", "+86 138 0013 8000", "11010519491231002X",
}

func TestPlantedValuesDoNotSurvive(t *testing.T) {
	for _, value := range planted {
		quoted, err := json.Marshal("the value: " + value + ", thanks")
		if err != nil {
			t.Fatal(err)
		}
		inner, err := json.Marshal(`{"a":[` + string(quoted) + `]}`)
		if err != nil {
			t.Fatal(err)
		}
		for place, body := range map[string]string{
			"string": `{"x":` + string(quoted) + `}`,
			"list":   `[1,[` + string(quoted) + `]]`,
			"key":    `{` + string(quoted) + `:1}`,
			"inner":  `{"x":` + string(inner) + `}`,
			"named":  `{"name":"` + value + `"}`,
			"passed": `{"value":"` + value + `"}`,
		} {
			got, _, err := mask.Body(nil, []byte(body), "application/json", mask.Default(), surrogate.Mark{})
			if err != nil || strings.Contains(string(got), value) {
				t.Errorf("%s: %s became %s, %v", place, body, got, err)
			}
		}
	}
}

// FuzzBody holds the promises of doc.go, with marks and with surrogates.
func FuzzBody(f *testing.F) {
	for _, s := range []string{
		`{"name":"Ann","x":["a@b.co",4242424242424242,{"phone":13800138000}]}`, `"\u0061\ud83d\ude00@b.co"`,
		`{"t":"{\"a\":\"[{\\\"phone\\\":4155550132}]\"}"}`, `[1e5,-0.0,true,false,null,""]`, `{"a@b.co":{"姓名":"陈伟"}}`, `[01]`, `{"phone":"ann@example.com 0"}`, `{"card":"[4242] ann@example.com 7"}`,
		`{"t":"<tr><th>Name</th><td>Ada</td></tr><dt>Phone<dd>4155550132","u":"| Name | Ada |\n|--|--|\n| Phone | 4155550132 |"}`, `"| Name | Phone |\n| [name] | a@b.co |"`,
		`{"b":"a=1&p=%7B%22name%22%3A%22Ada%22%2C%22phone%22%3A4155550132%7D","c":"p={\"name\":\"[name]\"}","name":"Ada","d":"Hi Ada,"}`, `"` + "\x01" + `"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		fuzzBody(t, src, surrogate.Mark{})
		fuzzBody(t, src, session(t))
	})
}

func session(t testing.TB) *surrogate.Session {
	t.Helper()
	s, err := surrogate.NewSession(surrogate.Key{Version: 1, Bytes: [32]byte{1, 2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	s.Enter("stripe", surrogate.Subject{1})
	return s
}

func fuzzBody(t *testing.T, src []byte, minter surrogate.Minter) {
	once, report, err := mask.Body(nil, src, "application/json", mask.Default(), minter)
	if len(src) == 0 || errors.Is(err, mask.ErrDepth) {
		return
	}
	if valid := json.Valid(src) && utf8.Valid(src); valid != (err == nil) {
		t.Fatalf("%q: valid is %v, error is %v", src, valid, err)
	}
	if err == nil {
		if !json.Valid(once) {
			t.Fatalf("%q became %q", src, once)
		}
		if report == (mask.Report{}) && !bytes.Equal(src, once) {
			t.Fatalf("%q became %q and nothing was counted", src, once)
		}
		twice, again, err := mask.Body(nil, once, "application/json", mask.Default(), minter)
		if err != nil || !bytes.Equal(once, twice) || again != (mask.Report{}) {
			t.Fatalf("%q became %q, then %q (%v, %v)", src, once, twice, again, err)
		}
	}
	if text, _, err := mask.Body(nil, src, "text/plain", mask.Default(), minter); err == nil {
		twice, again, err := mask.Body(nil, text, "text/plain", mask.Default(), minter)
		if err != nil || !bytes.Equal(text, twice) || again != (mask.Report{}) {
			t.Fatalf("text %q became %q, then %q (%v, %v)", src, text, twice, again, err)
		}
	}
}

// A surrogate that a tool gives back stays whole in any place, and what stands
// around it is still masked; one of another session is only text.
func TestSurrogatesStay(t *testing.T) {
	s := session(t)
	first, _, err := mask.Body(nil, []byte(`"ann@example.com"`), "application/json", mask.Default(), s)
	if err != nil {
		t.Fatal(err)
	}
	ann := strings.Trim(string(first), `"`)
	for _, body := range []string{
		`{"body":"Dear ` + ann + `, write to bob@example.com or ` + ann + `"}`,
		`{"name":"` + ann + `","x":"[` + ann + `bob@example.com]"}`,
	} {
		out, report, err := mask.Body(nil, []byte(body), "application/json", mask.Default(), s)
		if err != nil || strings.Count(string(out), ann) != 2 || strings.Contains(string(out), "bob@") || report[pii.Email] != 1 || report[pii.Name] != 0 {
			t.Errorf("%s became %s, %v", body, out, err)
		}
	}
	forged := `{"x":"` + strings.Replace(ann, "]", ":dan@example.com]", 1) + `"}`
	if out, _, _ := mask.Body(nil, []byte(forged), "application/json", mask.Default(), s); strings.Contains(string(out), "dan@") {
		t.Errorf("what stands beside a surrogate is not masked: %s", out)
	}
}

// A field of few possible values has a surrogate of its own: a guess that is
// written to another one never compares equal, however its key is spelled around
// it. A name is one person everywhere.
func TestSurrogatesAreBoundToTheirField(t *testing.T) {
	s := session(t)
	m := mask.New(s) // one for all, as the filter has
	at := func(body string) string {
		t.Helper()
		out, _, err := m.Body(nil, []byte(body), "application/json", mask.Default())
		if err != nil {
			t.Fatal(err)
		}
		return string(out[bytes.IndexByte(out, '['):bytes.LastIndexByte(out, ']')])
	}
	ssn := at(`{"ssn":"536-22-8745"}`)
	for _, other := range []string{`{"note":"536-22-8745"}`, `{"note":{"ssn_2":"536-22-8745"}}`, `{"note":"{\"memo\":\"536-22-8745\"}"}`, `{"ssn":"536-22-8746"}`} {
		if at(other) == ssn {
			t.Errorf("%s has the surrogate of ssn", other)
		}
	}
	for _, same := range []string{`{"ssn": "536-22-8745"}`, `{"x":{"SSN":"536-22-8745"}}`, `{"t":"{\"ssn\":\"536-22-8745\"}"}`} {
		if at(same) != ssn {
			t.Errorf("%s has another surrogate than ssn", same)
		}
	}
	if at(`{"name":"Ann Lee"}`) != at(`{"customer":{"first_name":"Ann Lee"}}`) {
		t.Error("one name has two surrogates")
	}
	s.Enter("zendesk", surrogate.Subject{1})
	if at(`{"ssn":"536-22-8745"}`) == ssn {
		t.Error("a tool has another one's surrogate")
	}
}
