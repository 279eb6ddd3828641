package pii

import "unicode/utf8"

// labels announce a name in running Chinese text, as in 姓名：陈伟.
var labels = [...]string{"姓名", "联系人", "收件人", "收货人", "申请人", "持卡人",
	"寄件人", "发件人", "户主", "户名", "开户人", "经办人", "负责人", "患者", "乘客", "入住人"}

// wechatLabels announce a WeChat id.
var wechatLabels = [...]string{"微信", "微信号", "微信号码", "WeChat", "wechat", "Wechat", "WeChat ID", "WeChat id", "wechat id"}

// longestName is how many Chinese characters a name has at most.
const longestName = 4

// labelled is the name behind a label that ends with the colon at text[i].
func labelled(text []byte, i int) Span {
	end := i
	for end > 0 && text[end-1] == ' ' {
		end--
	}
	if end == 0 || !endsLabel(text[end-1]) {
		return Span{} // nearly every colon
	}
	before := text[:end]
	if anyBefore(before, labels[:]) {
		begin := i + 1
		for begin < len(text) && text[begin] == ' ' {
			begin++
		}
		if end := nameEnd(text, begin); end > begin {
			return Span{Start: begin, End: end, Type: Name}
		}
	}
	if s := wechatLabelled(text, before, i); s.Type != None {
		return s
	}
	return secretLabelled(text, before, i)
}

// endsLabel reports what the labels end with: a Chinese character, or the end of
// WeChat, of id, or of a word for a password or a key.
func endsLabel(c byte) bool {
	if c >= 0x80 {
		return true
	}
	switch c | 0x20 {
	case 't', 'd', 'e', 'n', 'y':
		return true
	}
	return false
}

// wechatLabelled is the id behind 微信： or WeChat id:.
func wechatLabelled(text, before []byte, i int) Span {
	if !anyBefore(before, wechatLabels[:]) {
		return Span{}
	}
	for i++; i < len(text) && text[i] == ' '; i++ {
	}
	end := i
	for end < len(text) && referential(text[end]) {
		end++
	}
	if size := end - i; size < 5 || size > 20 {
		return Span{}
	}
	return Span{Start: i, End: end, Type: WeChat}
}

// nameEnd is the end of a name at text[i:]: a few Chinese characters, or words
// in letters.
func nameEnd(text []byte, i int) int {
	end := i
	for n := 0; n < longestName; n++ {
		r, size := utf8.DecodeRune(text[end:])
		if (r < 0x4E00 || r > 0x9FFF) && (r < 0x3400 || r > 0x4DBF) && r != '·' {
			break
		}
		end += size
	}
	if end > i {
		return end
	}
	for end < len(text) && end < i+widest && (is(text[end], letter) || text[end] == ' ') {
		end++
	}
	for end > i && text[end-1] == ' ' {
		end--
	}
	return end
}
