package mask_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// streamed is what comes out when the input is cut at the given places.
func streamed(t *testing.T, in string, cuts ...int) (string, error) {
	t.Helper()
	s := mask.NewStream(mask.Default(), surrogate.Mark{})
	var out []byte
	var err error
	done := 0
	for _, cut := range append(cuts, len(in)) {
		if out, err = s.Write(out, []byte(in[done:cut])); err != nil {
			return string(out), err
		}
		done = cut
	}
	out, err = s.Close(out)
	return string(out), err
}

var streams = map[string]struct{ in, want string }{
	"JSON":          {"event: message\nid: 13800138000\ndata: {\"name\":\"Ann\",\"x\":\"a@b.co\"}\n\n: ping\n\n", "event: message\nid: 13800138000\ndata: {\"name\":\"[name]\",\"x\":\"[email]\"}\n\n: ping\n\n"},
	"line ends":     {"data: a@b.co\r\n\r\ndata: c@d.co\r\rdata: e@f.co\n\r\n", "data: [email]\r\n\r\ndata: [email]\r\rdata: [email]\n\r\n"},
	"several lines": {"data: {\"name\":\ndata:\"Ann\", \"tel\":\r\ndata: 4155550132}\nretry: 10\n\n", "data: {\"name\":\ndata:\"[name]\", \"tel\":\r\ndata: \"[phone]\"}\nretry: 10\n\n"},
	"plain data":    {"data: [DONE]\n\ndata: 电话１３８００１３８０００\n\n", "data: [DONE]\n\ndata: 电话[phone]\n\n"},
	"comment":       {": from a@b.co\nx a@b.co\ndata\n\n", ": from [email]\nx [email]\ndata\n\n"},
	"order":         {"data: a@b.co\n: c@d.co\ndata: 415-555-0132\n\n", "data: [email]\n: [email]\ndata: [phone]\n\n"},
	"no end":        {"data: a@b.co", "data: [email]"},
	"byte order":    {"\uFEFFdata: {\"name\":\"Ann\"}\n\n", "\uFEFFdata: {\"name\":\"[name]\"}\n\n"},
	"empty":         {"\n\n\r\n", "\n\n\r\n"},
}

func TestStreamIsTheSameForEveryCut(t *testing.T) {
	for name, c := range streams {
		t.Run(name, func(t *testing.T) {
			for a := 0; a <= len(c.in); a++ {
				for b := a; b <= len(c.in); b++ {
					if got, err := streamed(t, c.in, a, b); err != nil || got != c.want {
						t.Fatalf("cut at %d and %d: %q, %v; want %q", a, b, got, err, c.want)
					}
				}
			}
		})
	}
}

func TestStreamSendsAnEventAtItsEnd(t *testing.T) {
	s := mask.NewStream(mask.Default(), surrogate.Mark{})
	for _, step := range []struct{ in, want string }{
		{"data: a@", ""}, {"b.co\n", ""}, {"\n", "data: [email]\n\n"}, {": x\n\n:", ": x\n\n"},
		{"\r\n\r\n", ":\r\n\r\n"}, {"data: a@b.co\r\n\r", "data: [email]\r\n\r"}, {"\n", "\n"},
	} {
		got, err := s.Write(nil, []byte(step.in))
		if err != nil || string(got) != step.want {
			t.Errorf("%q gave %q, %v; want %q", step.in, got, err, step.want)
		}
		if ends := step.in[len(step.in)-1] < ' '; s.Within() == (ends && step.want != "") {
			t.Errorf("behind %q it is within an event: %v", step.in, s.Within())
		}
	}
	if got := string(s.Report().AppendJSON(nil)); got != `{"email":2}` {
		t.Error(got)
	}
}

func TestStreamStaysRefused(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"cut JSON":  {"data: {\"name\":\"Ann\n\n", mask.ErrJSON},
		"cut list":  {"data: [{\"name\":\"Ann\"\n\n", mask.ErrJSON},
		"UTF-8":     {"data: \xff\n\n", mask.ErrUTF8},
		"depth":     {"data: " + strings.Repeat("[", 300) + "\n\n", mask.ErrDepth},
		"too large": {"data: " + strings.Repeat("x", mask.MaxBody) + "\n\n", mask.ErrTooLarge},
		"never":     {strings.Repeat("x", mask.MaxBody+1), mask.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			s := mask.NewStream(mask.Default(), surrogate.Mark{})
			got, err := s.Write(nil, []byte(": ok\n\n"+c.in))
			if !errors.Is(err, c.want) || string(got) != ": ok\n\n" {
				t.Errorf("%q, %v; want %v", got, err, c.want)
			}
			if got, err := s.Write(nil, []byte(": more\n\n")); len(got) != 0 || !errors.Is(err, c.want) {
				t.Errorf("then %q, %v", got, err)
			}
			if got, err := s.Close(nil); len(got) != 0 || !errors.Is(err, c.want) {
				t.Errorf("at the end %q, %v", got, err)
			}
		})
	}
}

func FuzzStream(f *testing.F) {
	for _, c := range streams {
		f.Add(c.in, 3, 5)
	}
	f.Fuzz(func(t *testing.T, in string, a, b int) {
		if a < 0 || b < a || b > len(in) {
			return
		}
		whole, wholeErr := streamed(t, in)
		cut, cutErr := streamed(t, in, a, b)
		if whole != cut || !errors.Is(cutErr, wholeErr) {
			t.Fatalf("%q at %d and %d: %q (%v), whole %q (%v)", in, a, b, cut, cutErr, whole, wholeErr)
		}
		if wholeErr != nil {
			return
		}
		if twice, err := streamed(t, whole); err != nil || twice != whole {
			t.Fatalf("%q became %q, then %q, %v", in, whole, twice, err)
		}
	})
}
