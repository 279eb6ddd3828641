package surrogate_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// What stands in an address, in markup or in code is no plain text; what stands beside
// one is.
func TestIsPlain(t *testing.T) {
	name := mint(session(t, 1, 1), pii.Name, "Ann Lee")
	for text, want := range map[string]bool{
		"Dear " + name + ",": true, name: true, "(" + name + ")": true, "**" + name + "**.": true, "> " + name: true, "a < b, " + name: true, name + ".\n": true, name + "'s": true,
		"<b>" + name + "</b>": true, "`x` " + name: true, "~~~\nx\n~~~\n" + name: true, "{code}x{code} " + name: true, "<code>x</code> " + name: true, "see https://a.example/ for " + name: true,
		"https://a.example/" + name: false, "a.example/?q=" + name: false, "HTTPS://a.example/b-" + name: false, "www.a." + name: false, "a.example/b-" + name: false, "q?" + name: false, "src=" + name: false, "data:," + name: false, "javascript:" + name: false, "a%20" + name: false, "sms:" + name: false, "mailto:" + name: false, "tel:" + name: false, "a&b=" + name: false,
		"[x](" + name + ")": false, "[" + name + "](x)": false, name + ".example.com": false, name + "@example.com": false, name + "/x": false,
		"<img alt='" + name + "'>": false, "<!-- " + name + " -->": false, "<a href=" + name: false, "<script>x = " + name + "</script>": false, "<STYLE>" + name: false, "<pre>" + name + "</pre>": false, "<code>" + name: false,
		"`" + name + "`": false, "```\n" + name + "\n```": false, "~~~\n" + name + "\n~~~": false, "{code:java}\n" + name + "\n{code}": false, "{NoFormat}" + name + "{noformat}": false,
	} {
		if got := surrogate.IsPlain(text, surrogate.Find(nil, []byte(text))[0]); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
