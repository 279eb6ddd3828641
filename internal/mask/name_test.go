package mask_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// A name that a phrase tells is masked wherever text is read, and once it is told,
// in the rest of the answer, too.
func TestNamesInRunningText(t *testing.T) {
	for name, c := range map[string]struct{ media, in, want string }{
		"string":    {"application/json", `{"note":"Dear Ada Lovelace"}`, `{"note":"Dear [name]"}`},
		"escaped":   {"application/json", `{"note":"Kind regards,\nAda\u0020Lovelace"}`, `{"note":"Kind regards,\n[name]"}`},
		"again":     {"application/json", `{"note":"Mr. Lovelace called","log":"by Lovelace"}`, `{"note":"Mr. [name] called","log":"by [name]"}`},
		"in string": {"application/json", `{"text":"{\"note\":\"Hi Ada, thanks\"}"}`, `{"text":"{\"note\":\"Hi [name], thanks\"}"}`},
		"table":     {"text/csv", "id,note\n1,\"Dear Ada Lovelace, thanks\"\n", "id,note\n1,\"Dear [name], thanks\"\n"},
		"page":      {"text/html", "<p>Best regards,<br>Ada Lovelace</p>", "<p>Best regards,<br>[name]</p>"},
		"event":     {"text/event-stream", "data: Dear Ada Lovelace,\n\n", "data: Dear [name],\n\n"},
		"nobody":    {"application/json", `{"note":"Dear Customer","subject":"Hello World"}`, `{"note":"Dear Customer","subject":"Hello World"}`},
	} {
		got := masked(t, c.media, c.in)
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if again := masked(t, c.media, got); again != got {
			t.Errorf("%s, masked again: %q", name, again)
		}
	}
	p := mask.Default()
	p.Types &^= pii.Set(1 << pii.Name)
	in := `{"note":"Dear Ada Lovelace","text":"Dear Ada, a@b.co"}`
	out, _, err := mask.Body(nil, []byte(in), "application/json", p, surrogate.Mark{})
	if want := `{"note":"Dear Ada Lovelace","text":"Dear Ada, [email]"}`; err != nil || string(out) != want {
		t.Errorf("without names: %s, %v", out, err)
	}
}
