package mask_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// shapes are what phrases, values, escapes and documents begin with.
var shapes = strings.Split("a|A|Ada|Dear |Hi, |Kind regards,|Thanks for your help,|My name is |this is |From: |Name: |Mr. |and |van |O'|陈|先|姓名：|我叫|先生|北京市|路|区|88|号|微信：|"+
	"card |phone |SSN |born |order |account |pan |ni |Basic |1|4|0|42|424|4242 |4242-|4242/|4.|.|-|+|(|)|@|a@b|a.b@c.|:|::|ff:|1:|=|&|?a=|a=b&|%|%40|&#|&#64;|&nbsp;|\\|\\u0040|\\n|\"|\\\"|{|}|[|]|,|"+
	"{\"name\":|\"Ann\"|[name:b|eyJ|sk-|-----BEGIN |PRIVATE KEY-----|-----END |<|>|<a |<br>| |\t|\n|\u200b|\u00a0|１|٠|é|data: |bounces+|_|'s|/|a,b\nname,", "|")

// body is one of many things between two others, in the dress of a media type.
type body struct {
	before, many, behind string
	dress                int
}

func randomBody(dice *rand.Rand) body {
	some := func(most int) (out string) {
		for range 1 + dice.IntN(most) {
			out += shapes[dice.IntN(len(shapes))]
		}
		return out
	}
	return body{before: some(3), many: some(4), behind: some(3), dress: dice.IntN(4)}
}

// of is the body of about so many bytes, and its media type.
func (b body) of(size int) (media string, text []byte) {
	text = []byte(b.before + strings.Repeat(b.many, size/len(b.many)) + b.behind)
	quoted := func(text []byte) []byte {
		q := bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(`\`), []byte(`\\`)), []byte(`"`), []byte(`\"`))
		return bytes.ReplaceAll(bytes.ReplaceAll(q, []byte("\n"), []byte(`\n`)), []byte("\t"), []byte(`\t`))
	}
	switch b.dress {
	case 0:
		return "text/plain", text
	case 1:
		return "text/csv", text
	case 2:
		return "text/event-stream", append(append([]byte("data: "), text...), "\n\n"...)
	default: // what it is many of is a name, too
		return "application/json", append(append(append(append([]byte(`{"name":"`), quoted([]byte(b.many))...), `","note":"`...), quoted(text)...), `"}`...)
	}
}

// searches is how many bodies are tried. SLOW_SEARCHES=100000 tries more.
func searches() int {
	if n, err := strconv.Atoi(os.Getenv("SLOW_SEARCHES")); err == nil {
		return n
	}
	return 250
}

// once are bodies that took minutes, or ended the filter.
var once = []body{
	{many: "Mr. "},
	{before: "姓名：", many: "My name is "},
	{before: "姓名：", many: "pan ", dress: 3},
	{before: "-----BEGIN PRIVATE KEY-----", many: "a", dress: 2},
	{before: ">", many: `"Ann"\`, dress: 3},
}

// No body ends the filter, and none keeps it busy: whatever a text is made of, sixteen
// times as much of it is no more than a few times as much work a byte.
func TestNoBodyIsSlow(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m, dice := mask.New(surrogate.Mark{}), rand.New(rand.NewPCG(8, uint64(searches())))
	var out []byte
	spent := func(b body, size int) time.Duration {
		media, text := b.of(size)
		defer func() {
			if fault := recover(); fault != nil {
				t.Fatalf("%+v ends the filter: %v", b, fault)
			}
		}()
		from := worked(t)
		out, _, _ = m.Body(out[:0], text, media, mask.Default()) // refused is as good
		return worked(t) - from
	}
	const small, times, slower = 4 << 10, 16, 4
	for n := range searches() {
		b := randomBody(dice)
		if n < len(once) {
			b = once[n]
		}
		least, most := time.Hour, time.Hour
		for try := 0; try < 6 && (try == 0 || most > slower*times*least); try++ {
			least, most = min(least, spent(b, small)), min(most, spent(b, times*small))
		}
		if most > slower*times*least {
			t.Errorf("%+v: %v for %d bytes, %v for %d", b, least, small, most, times*small)
		}
	}
}
