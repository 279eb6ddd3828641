package mask_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// masked is a body under the default policy.
func masked(t *testing.T, media, body string) string {
	t.Helper()
	out, _, err := mask.Body(nil, []byte(body), media, mask.Default(), surrogate.Mark{})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAgain(t *testing.T) {
	for name, c := range map[string]struct{ media, in, want string }{
		"name in a note":       {"application/json", `{"note":"Ann Lee called, Ann Leeds did not","name":"Ann Lee"}`, `{"note":"[name] called, Ann Leeds did not","name":"[name]"}`},
		"behind an escape":     {"application/json", `{"name":"Ann Lee","note":"Hello\nAnn Lee\n"}`, `{"name":"[name]","note":"Hello\n[name]\n"}`},
		"spelled otherwise":    {"application/json", `{"name":"José Müller","note":"from Jos\u00e9 M\u00fcller today"}`, `{"name":"[name]","note":"from [name] today"}`},
		"the other way round":  {"application/json", `{"name":"Jos\u00e9 M","note":"from José M today"}`, `{"name":"[name]","note":"from [name] today"}`},
		"in a string in it":    {"application/json", `{"content":[{"text":"{\"name\":\"Jos\\u00e9 Lee\",\"note\":\"Hi\\nJos\\u00e9 Lee, José Lee\"}"}]}`, `{"content":[{"text":"{\"name\":\"[name]\",\"note\":\"Hi\\n[name], [name]\"}"}]}`},
		"hidden":               {"application/json", `{"name":"Ann Lee","note":"Ann\u200b Lee or Ann&nbsp;Lee or Ann%20Lee"}`, `{"name":"[name]","note":"[name] or [name] or [name]"}`},
		"Chinese":              {"application/json", `{"收货人":"陈伟","备注":"请打电话给陈伟本人"}`, `{"收货人":"[name]","备注":"请打电话给[name]本人"}`},
		"address":              {"application/json", `{"street":"12 Main Street","note":"sent to 12 Main Street."}`, `{"street":"[address]","note":"sent to [address]."}`},
		"number":               {"application/json", `{"phone":4155550132,"note":"he said 4155550132, not 24155550132"}`, `{"phone":"[phone]","note":"he said [phone], not 24155550132"}`},
		"longest first":        {"application/json", `{"a":{"name":"Ann"},"b":{"name":"Ann Lee"},"note":"Ann Lee and Ann"}`, `{"a":{"name":"[name]"},"b":{"name":"[name]"},"note":"[name] and [name]"}`},
		"small word":           {"application/json", `{"name":"pro","note":"the pro plan"}`, `{"name":"[name]","note":"the pro plan"}`},
		"key":                  {"application/json", `{"name":"Status","text":"{\"Status\": \"open Status\"}"}`, `{"name":"[name]","text":"{\"Status\": \"open [name]\"}"}`},
		"end of an escape":     {"application/json", `{"name":"nadia Lee","note":"well,\nadia Lee"}`, `{"name":"[name]","note":"well,\nadia Lee"}`},
		"lines":                {"application/x-ndjson", "{\"name\":\"Ann Lee\",\"n\":1}\n{\"note\":\"by Ann Lee here\"}\n", "{\"name\":\"[name]\",\"n\":1}\n{\"note\":\"by [name] here\"}\n"},
		"event":                {"text/event-stream", "data: {\"name\":\"Ann Lee\",\ndata: \"note\":\"by Ann Lee here\"}\n\n", "data: {\"name\":\"[name]\",\ndata: \"note\":\"by [name] here\"}\n\n"},
		"text with Chinese":    {"text/plain", "我叫陈伟，订单没到。——陈伟", "我叫[name]，订单没到。——[name]"},
		"family name":          {"application/json", `{"first_name":"Ada","note":"Hi\nAda Lovelace\nAda van der Berg, Ada O'Neil's, Ada Wu. ADA"}`, `{"first_name":"[name]","note":"Hi\n[name]\n[name], [name]'s, [name]. ADA"}`},
		"no family name":       {"application/json", `{"first_name":"Ada","note":"Ada Please, Ada Monday, Ada Team, Ada\nLovelace, Ada x, Ada X1, Ada Lee@b.co"}`, `{"first_name":"[name]","note":"[name] Please, [name] Monday, [name] Team, [name]\nLovelace, [name] x, [name] X1, [name] [email]"}`},
		"told in a phrase":     {"application/json", `{"a":"Ada Lovelace was charged twice.","b":"Thank you, Ada."}`, `{"a":"[name] was charged twice.","b":"Thank you, [name]."}`},
		"escaped family name":  {"application/json", `{"first_name":"Ada","note":"by Ada L\u00f6w\u0065 today"}`, `{"first_name":"[name]","note":"by [name] today"}`},
		"in a short string":    {"application/json", `{"name":"Ada","a":"Hi Ada,","b":"by Ada","c":"Ada","d":"ADA","e":"陈伟","f":{"name":"陈伟"}}`, `{"name":"[name]","a":"Hi [name],","b":"by [name]","c":"[name]","d":"ADA","e":"[name]","f":{"name":"[name]"}}`},
		"short phrase":         {"application/json", `{"a":"Hi Bo,","b":"Mr Lee","c":"Hi all","d":"by Lee","e":"Lee"}`, `{"a":"Hi [name],","b":"Mr [name]","c":"Hi all","d":"by [name]","e":"[name]"}`},
		"short document":       {"application/json", `"Hi Ada"`, `"Hi [name]"`},
		"not in an identifier": {"application/json", `{"name":"Ann_1","note":"xAnn_1 Ann_12"}`, `{"name":"[name]","note":"xAnn_1 Ann_12"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := masked(t, c.media, c.in)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if again := masked(t, c.media, got); again != got {
				t.Errorf("masked again: %s", again)
			}
		})
	}
}

func TestTable(t *testing.T) {
	for name, c := range map[string]struct{ media, in, want string }{
		"columns":   {"text/csv", "id,name,note\n4155550132,Ann Lee,\"Ann Lee, a@b.co\"\r\n", "id,name,note\n4155550132,[name],\"[name], [email]\"\r\n"},
		"quotes":    {"text/csv", "\ufeff\"Name\";Mobile\n\"Lee \"\"A\"\" Ann\";4155550132\n", "\ufeff\"Name\";Mobile\n\"[name]\";[phone]\n"},
		"in a line": {"application/json", `{"text":"id,姓名,手机号\n1,陈伟,13800138000\n2,李娜,13900139000\n"}`, `{"text":"id,姓名,手机号\n1,[name],[phone]\n2,[name],[phone]\n"}`},
		"no table":  {"text/plain", "Hello name, nice to see you\nhere, again", "Hello name, nice to see you\nhere, again"},
		"one line":  {"text/csv", "name", "name"},
		"no break":  {"text/csv", "name,phone\nAnn,\"", "name,phone\n[name],\""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := masked(t, c.media, c.in); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestForm(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"form":            {`{"body":"first_name=Ann+Lee&phone=%2B1+415+555+0142&id=4155550132&x=a%40b.co"}`, `{"body":"first_name=[name]&phone=[phone]&id=4155550132&x=[email]"}`},
		"query":           {`{"url":"https://x.example/a?name=Ann&page=2"}`, `{"url":"https://x.example/a?name=[name]&page=2"}`},
		"in object":       {`{"body":"customer%5Bname%5D=x&customer[name]=Ann"}`, `{"body":"customer%5Bname%5D=[name]&customer[name]=[name]"}`},
		"JSON":            {`{"body":"payload=%7B%22name%22%3A%22Ada+Lovelace%22%2C%22phone%22%3A4155550132%2C%22x%22%3A%224242+4242+4242+4242%22%7D&a=1"}`, `{"body":"payload=%7B%22name%22%3A%22[name]%22%2C%22phone%22%3A%22[phone]%22%2C%22x%22%3A%22[card]%22%7D&a=1"}`},
		"JSON alone":      {`{"body":"payload=%7b%22%E5%A7%93%E5%90%8D%22%3A%22%E9%99%88%E4%BC%9F%22%7d","b":"payload={\"name\":\"Ada\"}"}`, `{"body":"payload=%7b%22%E5%A7%93%E5%90%8D%22%3A%22[name]%22%7d","b":"payload={\"name\":\"[name]\"}"}`},
		"JSON, twice":     {`{"body":"a=1&p=%7B%22body%22%3A%22%7B%5C%22name%5C%22%3A%5C%22Ada%5C%22%2C%5C%22phone%5C%22%3A4155550132%7D%22%7D"}`, `{"body":"a=1&p=%7B%22body%22%3A%22%7B%5C%22name%5C%22%3A%5C%22[name]%5C%22%2C%5C%22phone%5C%22%3A%5C%22[phone]%5C%22%7D%22%7D"}`},
		"JSON of a query": {`{"url":"https://x.example/cb?p=%5B%7B%22name%22%3A%22Ada%22%7D%5D&x=2"}`, `{"url":"https://x.example/cb?p=%5B%7B%22name%22%3A%22[name]%22%7D%5D&x=2"}`},
		"no JSON":         {`{"body":"a=1&p=%7Bnot+json+ann%40example.com"}`, `{"body":"a=1&p=%7Bnot+json+[email]"}`},
		"JSON, too deep":  {`{"body":"a=1&p=` + strings.Repeat("%5B", 300) + strings.Repeat("%5D", 300) + `"}`, `{"body":"a=1&p=[text]"}`},
		"sentence":        {`{"body":"name=Ann is what I typed"}`, `{"body":"name=Ann is what I typed"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := masked(t, "application/json", c.in); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if again := masked(t, "application/json", c.want); again != c.want {
				t.Errorf("masked again: %s", again)
			}
		})
	}
}

func TestBase64(t *testing.T) {
	const secretText = `{"name":"Ann Lee","note":"Ann Lee, ann@example.com"}`
	for name, coding := range map[string]*base64.Encoding{"standard": base64.StdEncoding, "URL": base64.RawURLEncoding} {
		t.Run(name, func(t *testing.T) {
			got := masked(t, "application/json", `{"encoding":"base64","content":"`+coding.EncodeToString([]byte(secretText))+`"}`)
			var out struct{ Content string }
			if err := json.Unmarshal([]byte(got), &out); err != nil {
				t.Fatal(err)
			}
			text, err := coding.DecodeString(out.Content)
			if want := `{"name":"[name]","note":"[name], [email]"}`; err != nil || string(text) != want {
				t.Errorf("%s, %v; want %s", text, err, want)
			}
			if again := masked(t, "application/json", got); again != got {
				t.Errorf("masked again: %s", again)
			}
		})
	}
	uri := masked(t, "application/json", `{"href":"data:text/plain;base64,`+base64.StdEncoding.EncodeToString([]byte("ann@example.com"))+`"}`)
	if want := `{"href":"data:text/plain;base64,` + base64.StdEncoding.EncodeToString([]byte("[email]")) + `"}`; uri != want {
		t.Errorf("%s, want %s", uri, want)
	}
	image := `{"content":"` + strings.Repeat("iVBORw0KGgo4", 8) + `"}`
	if got := masked(t, "application/json", image); got != image {
		t.Errorf("an image became %s", got)
	}
	_, counts, err := mask.Body(nil, []byte(`{"blob":"`+base64.StdEncoding.EncodeToString([]byte(secretText))+`"}`), "application/json", mask.Default(), surrogate.Mark{})
	if got := string(counts.AppendJSON(nil)); err != nil || got != `{"email":1,"name":2}` {
		t.Errorf("counts %s, %v", got, err)
	}
}
