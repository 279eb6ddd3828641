package surrogate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

var ann = surrogate.Subject{1, 2, 3, 4}

func session(t testing.TB, version, key byte) *surrogate.Session {
	t.Helper()
	s, err := surrogate.NewSession(surrogate.Key{Version: version, Bytes: [32]byte{key, 7}})
	if err != nil {
		t.Fatal(err)
	}
	s.Enter("stripe", ann)
	return s
}

func mint(s *surrogate.Session, typ pii.Type, text string) string {
	return string(s.Mint(nil, surrogate.Value{Type: typ, Text: []byte(text), Show: true}))
}

var values = map[pii.Type]string{
	pii.Email: "Ann.Lee+x@example.com", pii.Card: "4242 4242 4242 4242", pii.SSN: "536-22-8745", pii.Phone: "+1 415 555 0132",
	pii.Name: "王小明", pii.IBAN: "GB33BUKB20201555555555", pii.BankAccount: "0123456789", pii.ResidentID: "110105194912310021",
	pii.Aadhaar: "2345 6789 0124", pii.PAN: "ABCPE1234F", pii.NHS: "943 476 5919", pii.NINO: "AB123456C", pii.Passport: "X1234567",
	pii.Licence: "D1234567", pii.MedicalRecord: "00123", pii.Birthdate: "1984-02-29", pii.Address: "1 Main St\n\"Apt\" 2", pii.IP: "8.8.8.8", pii.WeChat: "ann_lee",
}

// What is minted opens again, however its case was changed on the way, is not
// itself personal data, needs no escaping, and stays itself.
func TestSurrogateComesBack(t *testing.T) {
	s := session(t, 1, 1)
	var finder pii.Finder
	for typ := pii.Email; typ < pii.Secret; typ++ {
		text := values[typ]
		made := mint(s, typ, text)
		if made != mint(s, typ, text) {
			t.Errorf("%s: two surrogates of one value", typ)
		}
		if mint(s, typ, made) != made || mint(s, pii.Name, made) != made {
			t.Errorf("%s: a surrogate of a surrogate", typ)
		}
		if !json.Valid([]byte(`"`+made+`"`)) || len(finder.Find(nil, []byte(made), pii.All)) != 0 {
			t.Errorf("%s: %q needs escaping or is personal data", typ, made)
		}
		for _, copied := range []string{made, strings.ToUpper(made), "Dear " + made + ", [hello] [" + made + "]"} {
			for _, token := range surrogate.Find(nil, []byte(copied)) {
				got, about, err := s.Open(token)
				if err != nil || string(got) != text || about != ann || token.Type != typ {
					t.Errorf("%s: %q gave %q about %v, %v", typ, copied, got, about, err)
				}
			}
			if want := strings.Count(strings.ToLower(copied), strings.ToLower(made)); len(surrogate.Find(nil, []byte(copied))) != want {
				t.Errorf("%s: %q holds %d", typ, copied, want)
			}
		}
	}
}

// Secrets, whole texts and long values can never come back.
func TestWhatIsNeverSealed(t *testing.T) {
	s := session(t, 1, 1)
	for _, v := range []surrogate.Value{
		{Type: pii.Secret, Text: []byte("sk_live_123")}, {Type: pii.Text, Text: []byte("hello")},
		{Type: pii.Address, Text: bytes.Repeat([]byte("a"), surrogate.MaxValue+1)},
	} {
		if got := string(s.Mint(nil, v)); got != "["+v.Type.String()+"]" {
			t.Errorf("%s became %s", v.Type, got)
		}
	}
	longest := strings.Repeat("a", surrogate.MaxValue)
	if made := mint(s, pii.Passport, longest); len(surrogate.Find(nil, []byte(made))) != 1 {
		t.Error("the longest value is not found again")
	}
}

// Any change to a surrogate closes it, and so does any other session, version or
// type. One character is changed at a time, to each of the alphabet.
func TestSurrogateIsWholeOrNothing(t *testing.T) {
	s := session(t, 1, 1)
	made := mint(s, pii.Name, "Ann Lee")
	for i := range made {
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567[]: 01" {
			if strings.EqualFold(made[i:i+1], string(c)) {
				continue
			}
			changed := made[:i] + string(c) + made[i+1:]
			for _, token := range surrogate.Find(nil, []byte(changed)) {
				// What stands behind the seal is only shown.
				if got, _, err := s.Open(token); err == nil && i < strings.LastIndexByte(made, ':') {
					t.Fatalf("%q opened as %q", changed, got)
				}
			}
			if n := s.Own([]byte(changed)); n == len(changed) {
				t.Fatalf("%q is taken for the session's own", changed)
			}
		}
	}
	token := surrogate.Find(nil, []byte(made))[0]
	for name, other := range map[string]*surrogate.Session{"another session": session(t, 1, 2), "another version": session(t, 2, 1)} {
		if got, _, err := other.Open(token); !errors.Is(err, surrogate.ErrOpen) || len(got) != 0 {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	token.Type = pii.Email
	if _, _, err := s.Open(token); !errors.Is(err, surrogate.ErrOpen) {
		t.Error("another type opens it")
	}
}

// Nothing of a value can be seen in its surrogate, not even that two are alike
// but for their length.
func TestSurrogatesOfNeighboursHaveNothingInCommon(t *testing.T) {
	s := session(t, 1, 1)
	a, b := mint(s, pii.ResidentID, "110105194912310021"), mint(s, pii.ResidentID, "110105194912310022")
	same := 0
	for i := len("[resident_id:b"); i < len(a)-1; i++ {
		if a[i] == b[i] {
			same++
		}
	}
	if len(a) != len(b) || same > 10 { // of 67; 2 are expected by chance
		t.Errorf("%d characters are equal:\n%s\n%s", same, a, b)
	}
}

func TestVisible(t *testing.T) {
	for _, c := range []struct {
		typ        pii.Type
		text, want string
	}{
		{pii.Card, "4242 4242-4242 4246", "4246"}, {pii.Card, "1234567", ""}, {pii.Phone, "+1 (415) 555-0132", "0132"},
		{pii.Email, "ann@Mail.Example.com", "mail.example.com"}, {pii.Email, "ann@例子.com", ""}, {pii.Email, "ann", ""},
		{pii.Email, "ann@home@Example.com", "example.com"}, {pii.Email, "ann@my home@example.com", ""}, {pii.Email, "a@" + strings.Repeat("b", 63), strings.Repeat("b", 63)}, {pii.Email, "a@" + strings.Repeat("b", 64), ""},
		{pii.IBAN, "gb33 BUKB", "GB"}, {pii.Name, "ann marie lee jones", "AML"}, {pii.Name, "陈伟", "陈"}, {pii.Name, "A B", ""}, {pii.Name, "陈", ""},
		{pii.Birthdate, "29.02.1984", "1984"}, {pii.Birthdate, "1984/1985", ""}, {pii.Birthdate, "290284", ""}, {pii.Passport, "X1234567", ""}, {pii.Address, "1 Main St", ""},
	} {
		if got := string(surrogate.Visible(nil, c.typ, []byte(c.text))); got != c.want {
			t.Errorf("%s %q shows %q, want %q", c.typ, c.text, got, c.want)
		}
	}
}

func TestScopeTravels(t *testing.T) {
	want := surrogate.Scope{Key: surrogate.Key{Version: 200, Bytes: [32]byte{1, 31: 9}}, Subject: ann, Tool: "my-tool"}
	header := want.Header()
	if got, err := surrogate.ParseScope(header); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", ".", header[1:], header[:20], strings.Replace(header, ".", "", 1), "!" + header[1:], "x" + header} {
		if got, err := surrogate.ParseScope(bad); !errors.Is(err, surrogate.ErrScope) {
			t.Errorf("%q gave %+v", bad, got)
		}
	}
}

func TestSubjectTravels(t *testing.T) {
	if got, err := surrogate.ParseSubject(ann.Header()); err != nil || got != ann {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "AQID", ann.Header() + "A", "!" + ann.Header()[1:], "_____w"[:5]} {
		if got, err := surrogate.ParseSubject(bad); err == nil || got != (surrogate.Subject{}) {
			t.Errorf("%q gave %v", bad, got)
		}
	}
}

func FuzzFind(f *testing.F) {
	s := session(f, 1, 1)
	f.Add([]byte(mint(s, pii.Email, "a@b.co")))
	f.Add([]byte("[email:" + strings.Repeat("a", 40) + ":x]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		end := 0
		for _, token := range surrogate.Find(nil, text) {
			if token.Start < end || token.End > len(text) || text[token.Start] != '[' || text[token.End-1] != ']' {
				t.Fatalf("%q: %+v", text, token)
			}
			end = token.End
			_, _, _ = s.Open(token)
		}
		_, _ = s.Own(text), surrogate.Torn(text)
	})
}

// Values that the session has not made lately, and one that it has.
func BenchmarkMint(b *testing.B) {
	s := session(b, 1, 1)
	for _, typ := range []pii.Type{pii.Email, pii.Phone, pii.Name} {
		fresh := make([]surrogate.Value, 1<<10)
		for n := range fresh {
			fresh[n] = surrogate.Value{Type: typ, Text: fmt.Appendf(nil, "%s%d", values[typ], n), Field: []byte("body")}
		}
		b.Run(typ.String(), func(b *testing.B) { mintInTurn(b, s, fresh) })
		b.Run(typ.String()+"/again", func(b *testing.B) { mintInTurn(b, s, fresh[:1]) })
	}
}

func mintInTurn(b *testing.B, s *surrogate.Session, all []surrogate.Value) {
	b.Helper()
	b.ReportAllocs()
	dst, n := make([]byte, 0, 1<<10), 0
	for b.Loop() {
		dst = s.Mint(dst[:0], all[n%len(all)])
		n++
	}
}
