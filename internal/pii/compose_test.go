package pii_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// Pieces of letters and pages, among which values stand in any order.
var pieces = strings.Split("Kind regards,|Dear|Hi|Hi,|Hello|My name is|From:|To: \"|Name:|Customer:|this is|Thanks for your help,|Thanks,|Mr.|Dr|I am|on behalf of|my wife|Signed-off-by:|"+
	"Ada|Lovelace|van der Berg|ADA|ada|O'Brien|and|Inc|Customer|陈伟|姓名：|我叫|先生|联系人|地址 北京市朝阳区建国路|号|微信号：|card|phone|SSN|born|order|account|"+
	"<a href=\"mailto:|\">|<|>|<br>|</a>|\n|\r\n|,|.|!|: |- |--|(|)|[|]|\"|'|/|?a=|&b=|“|&nbsp;|&lt;|\u200b|、|，|。|-----BEGIN |+|7|@|"+
	"**|`|</b>|<b>Name:</b> |**Name:** |password=|password is |密码是|联系人是|微信是|D.O.B. |生于|00 44 |(010) |visa/|sort code |a/c |account |号腾讯大厦|身份证|版本|12 03 |85-03-|3. Mar |call 1 |+1|+7 |1985年3月|account 12 ", "|")

// values are never part of anything else, whatever stands beside them.
var values = []string{"zoe.q@example.com", "4242 4242 4242 4242", "+1 415 555 0132", "536-22-8745", "DE89 3704 0044 0532 0130 00"}

// around separates a value from what is beside it.
var around = strings.Split(" |\"|\n|<|>|(|)|, |; |: |&nbsp;|，|。|\u200b |\t|=", "|")

var inClear = regexp.MustCompile(`zoe\.q@|4242 4242 4242|555 0132|536-22-8745|0044 0532`)

// Nothing that stands around a value, a name above all, keeps it from being found.
func TestNothingHidesAValue(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 5))
	f := &pii.Finder{}
	for range 30000 {
		var text strings.Builder
		for range 2 + dice.IntN(7) {
			text.WriteString(pieces[dice.IntN(len(pieces))])
			if dice.IntN(2) == 0 {
				text.WriteByte(' ')
			}
			if dice.IntN(3) == 0 {
				text.WriteString(around[dice.IntN(len(around))] + values[dice.IntN(len(values))] + around[dice.IntN(len(around))])
			}
		}
		if got := markedBy(f, text.String(), pii.All); inClear.MatchString(got) {
			t.Errorf("%q became %q", text.String(), got)
		}
	}
}
