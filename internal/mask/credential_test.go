package mask_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// What a tool was sent is hidden wherever it says it back, also where nothing beside it
// tells that it is a key, and nothing else is.
func TestCredentialIsHidden(t *testing.T) {
	p := mask.Default()
	p.Media = append(p.Media, "text/event-stream")
	for what, c := range map[string]struct {
		header, media, in, want string
		counted                 int
	}{
		"in a sentence":      {"Bearer tulipmeadowriver", "text/plain", "Not valid: tulipmeadowriver.", "Not valid: [secret].", 1},
		"its first part":     {"Bearer tulipmeadowriver", "text/plain", "Not valid: tulipmeadowrive.", "Not valid: tulipmeadowrive.", 0},
		"in JSON, twice":     {"tulipmeadowriver", "application/json", `{"a":["tulipmeadowriver"],"tulipmeadowriver":{"b":1}}`, `{"a":["[secret]"],"[secret]":{"b":1}}`, 2},
		"beside other data":  {"tulipmeadowriver", "application/json", `{"a":"tulipmeadowriver of ann@example.com"}`, `{"a":"[secret] of [email]"}`, 1},
		"with its slash":     {"Bearer tulip/meadow/river", "application/json", `["tulip\/meadow\/river"]`, `["[secret]"]`, 1},
		"in an address":      {"Bearer tulip/meadow+river", "text/plain", "https://a.example/?k=tulip%2Fmeadow%2Briver", "https://a.example/?k=[secret]", 1},
		"in an old address":  {"Bearer tulip/meadow+river", "text/plain", "https://a.example/?k=tulip%2fmeadow%2briver", "https://a.example/?k=[secret]", 1},
		"in JSON of .NET":    {"Bearer tulip/meadow+river==", "application/json", `["tulip/meadow\u002Briver=="]`, `["[secret]"]`, 1},
		"in JSON of Gson":    {"Bearer tulip/meadow+river==", "application/json", `["tulip/meadow+river\u003d\u003d"]`, `["[secret]"]`, 1},
		"in a page of Go":    {"Bearer tulip/meadow+river", "text/html", "<p>tulip/meadow&#43;river", "<p>[secret]", 1},
		"in a page of .NET":  {"Bearer tulip/meadow+river", "text/html", "<p>tulip/meadow&#x2B;river", "<p>[secret]", 1},
		"in a template":      {"Bearer tulip/meadow/river=", "text/html", "<p>tulip&#x2F;meadow&#x2F;river&#x3D;", "<p>[secret]", 1},
		"in base64":          {"Bearer tulipmeadowriver", "application/json", `{"content":"bm90IHR1bGlwbWVhZG93cml2ZXI="}`, `{"content":"bm90IFtzZWNyZXRd"}`, 1},
		"of Basic, as sent":  {"Basic dHVsaXA6bWVhZG93cml2ZXJzaWRl", "text/plain", "got dHVsaXA6bWVhZG93cml2ZXJzaWRl", "got [secret]", 1},
		"of Basic, decoded":  {"Basic dHVsaXA6bWVhZG93cml2ZXJzaWRl", "text/plain", "got tulip:meadowriverside", "got [secret]", 1},
		"its password":       {"Basic dHVsaXA6bWVhZG93cml2ZXJzaWRl", "text/plain", "got meadowriverside", "got [secret]", 1},
		"a user alone":       {"Basic dHVsaXBtZWFkb3dyaXZlcjo=", "text/plain", "got tulipmeadowriver", "got [secret]", 1},
		"of two tools":       {"tulipmeadowriver\nBearer daisymeadowriver", "text/plain", "tulipmeadowriver, daisymeadowriver", "[secret], [secret]", 2},
		"a short one":        {"Bearer tulipmeadow", "text/plain", "tulipmeadow", "tulipmeadow", 0},
		"a name of a Basic":  {"Basic dHVsaXA6bWVhZG93cml2ZXJzaWRl", "text/plain", "got tulip", "got tulip", 0},
		"in a server's word": {"Bearer tulipmeadowriver", "text/event-stream", "data: a\n\ndata: tulipmeadowriver\n\n", "data: a\n\ndata: [secret]\n\n", 1},
	} {
		m := mask.New(surrogate.Mark{})
		m.Hide(mask.NewCredential(c.header))
		got, report, err := m.Body(nil, []byte(c.in), c.media, p)
		if err != nil || string(got) != c.want || report[pii.Secret] != c.counted {
			t.Errorf("%s: %q, %d, %v", what, got, report[pii.Secret], err)
		}
		m.Hide(nil)
		if got, _, _ := m.Body(nil, []byte(c.in), c.media, p); c.counted > 0 && strings.Contains(string(got), "[secret]") {
			t.Errorf("%s: it is hidden anyway: %q", what, got)
		}
	}
}

// Wherever it begins and however long it is, a look at a few places finds it; and a
// stream hides it however it is cut, and so does the value of a header.
func TestCredentialIsFoundAnywhere(t *testing.T) {
	const letters = "qwertzuiopasdfghjklyxcvbnmQWERTZUIOPASDFGHJKLYXCVBNM"
	for size := 12; size <= len(letters); size++ {
		c := mask.NewCredential("Bearer " + letters[:size])
		m := mask.New(surrogate.Mark{})
		m.Hide(c)
		for at := range 64 {
			text := strings.Repeat("-", at) + letters[:size] + strings.Repeat(".", at%9)
			want := strings.Replace(text, letters[:size], "[secret]", 1)
			if got, _ := m.Value(nil, []byte(text), mask.Default()); string(got) != want {
				t.Fatalf("%d bytes at %d: %q", size, at, got)
			}
			s := mask.NewStream(mask.Default(), surrogate.Mark{})
			s.Hide(c)
			var out []byte
			for _, piece := range []string{"data: " + text[:at], text[at : at+size/2], text[at+size/2:] + "\n\n"} {
				var err error
				if out, err = s.Write(out, []byte(piece)); err != nil {
					t.Fatal(err)
				}
			}
			if report := s.Report(); string(out) != "data: "+want+"\n\n" || report[pii.Secret] != 1 {
				t.Fatalf("%d bytes at %d: %q, %v", size, at, out, report)
			}
		}
	}
}
