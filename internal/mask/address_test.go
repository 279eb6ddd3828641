package mask_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Addresses in headers say things by the names of fields in their queries and behind
// their hashes, also where they are not spelled as they should be, or stand in each
// other.
func TestAddressesInHeaders(t *testing.T) {
	for in, want := range map[string]string{
		"https://x.example/cb#name=Ann+Lee&phone=4155550142":                  "https://x.example/cb#name=[name]&phone=[phone]",
		"https://x.example/cb#access_token=abcdefghijkl":                      "https://x.example/cb#access_token=[secret]",
		"/cb?name=Ann#name=Bob&page=1":                                        "/cb?name=[name]#name=[name]&page=1",
		"/cb?name=Ann Lee&city=New London":                                    "/cb?name=[name]&city=[address]",
		"https://x/?next=https%3A%2F%2Fy%2F%3Fname%3DAnn%2BLee%26page%3D2":    "https://x/?next=https%3A%2F%2Fy%2F%3Fname%3D[name]%26page%3D2",
		"/a?to=%2Fb%3Fto%3D%252Fc%253Fname%253DAnn":                           "/a?to=%2Fb%3Fto%3D%252Fc%253Fname%253D[name]",
		"https://x/?next=https%3A%2F%2Fy%2F%3Femail%3Dann%2540example.com":    "https://x/?next=https%3A%2F%2Fy%2F%3Femail%3D[email]",
		"<https://x/#name=Ann%20Lee>; rel=next, <https://x/?name=Bob Lee>; a": "<https://x/#name=[name]>; rel=next, <https://x/?name=[name]>; a",
		"https://x.example/cb#section-2":                                      "https://x.example/cb#section-2",
		"https://x.example/?page=2&sort=name#top=1":                           "https://x.example/?page=2&sort=name#top=1",
		`Bearer realm="a b", name="tool"`:                                     `Bearer realm="a b", name="tool"`,
	} {
		m := mask.New(surrogate.Mark{})
		got, _ := m.Value(nil, []byte(in), mask.Default())
		again, _ := m.Value(nil, got, mask.Default())
		if string(got) != want || string(again) != want {
			t.Errorf("%s became %s and %s, want %s", in, got, again, want)
		}
	}
}

// Quoted-printable is read where a text says that it is there, and not elsewhere: what
// only looks like it keeps what stands in it found.
func TestQuotedPrintable(t *testing.T) {
	const says = `Content-Transfer-Encoding: quoted-printable\r\n\r\n`
	for in, want := range map[string]string{
		says + `write to ann=40exam=\r\nple.com or +1=20415 555 0142`: says + `write to [email] or [phone]`,
		says + `=E6=88=91=E5=8F=AB=E9=99=88=E4=BC=9F=EF=BC=8C`:        says + `=E6=88=91=E5=8F=AB[name]=EF=BC=8C`,
		says + `=34=32=34=32=34=32=34=32=34=32=34=32=34=32=34=32.`:    says + `[card].`,
		says + `card=4111111111111111 and a=3Db`:                      says + `card=[card] and a=3Db`,
		says + `<tr><td>Na=\r\nme</td>=\r\n<td>Ada Love=\r\nlace</td></tr><tr><td>=E7=94=B5=E8=AF=9D</td><td class=3D\"v\">62345678</td></tr> ann=40b.co`: says + `<tr><td>Na=\r\nme</td>=\r\n<td>[name]</td></tr><tr><td>=E7=94=B5=E8=AF=9D</td><td class=3D\"v\">[phone]</td></tr> [email]`,
		says + `| Name | Ada=20Lovelace |\r\n|--|--|\r\n| Phone | 4155550132 |`:                                                                           says + `| Name | [name] |\r\n|--|--|\r\n| Phone | [phone] |`,
		`=?utf-8?Q?ann=40example.com?=`:      `=?utf-8?Q?[email]?=`,
		`order=40example.com and total=3D20`: `order=40example.com and total=3D20`,
	} {
		got, _, err := mask.Body(nil, []byte(`{"text":"`+in+`"}`), "application/json", mask.Default(), surrogate.Mark{})
		if err != nil || string(got) != `{"text":"`+want+`"}` {
			t.Errorf("%s became %s, %v", in, got, err)
		}
	}
}
