package pii

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// A name in running Chinese text is told by what stands before it (我叫陈伟) or
// by the title behind it (陈伟先生).
var (
	introductions = [...]string{"我叫", "我的名字是", "名叫", "名字叫", "姓名是", "姓名为", "联系人", "收件人", "收货人", "持卡人", "申请人",
		"寄件人", "发件人", "户主", "开户人", "经办人", "负责人", "入住人", "聯絡人", "聯繫人", "收貨人", "申請人"}
	titles = [...]string{"先生", "女士", "小姐", "太太", "老师", "经理", "医生", "师傅", "同学"}
)

// surnames are the commonest Chinese family names: what follows an introduction
// without a colon must begin with one to be a name.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝洪赖欧阳司马上官诸葛" +
	"張劉陳楊黃趙吳孫馬鄭謝羅韓馮鄧蕭葉蔣餘盧鐘鍾譚陸範賈韋鄒閻龍賀顧錢嚴萬莊聶魯嶽蘇呂湯溫龔喬龐顏關蘭許薑湛婁竇黨宮費閔鄔邊欒鞏麥連項簡車應紀單華遊諸齊陽穀農繆"

// hanAt is the finding that the Chinese character at text[i] is part of, which
// must be the first of a title or the last of an introduction.
func hanAt(text []byte, i, floor int) Span {
	if i+3 > len(text) {
		return Span{}
	}
	if isCounter(text[i : i+3]) {
		return numeralAddress(text, i, floor)
	}
	if !tells(text[i : i+3]) {
		return hanSeldom(text, i, floor)
	}
	if hasAt(text, i, "是") || hasAt(text, i, "为") {
		if s := saidToBe(text[floor:i], text, i+3); s.Type != None {
			return s
		}
	}
	if s := selfNamed(text, i, floor); s.Type != None {
		return s
	}
	for _, n := range titlesBy[text[i+2]] {
		if title := titles[n]; hasAt(text, i, title) && !hasAt(text, i+len(title), "们") {
			return titled(text, i, floor)
		}
	}
	for _, at := range introductionsBy[text[i+2]] {
		words := introductions[at]
		if n := i + 3 - len(words); n >= floor && hasAt(text, n, words) {
			return introduced(text, i+3)
		}
	}
	return Span{}
}

// hanSeldom is hanAt for the characters that are seldom.
func hanSeldom(text []byte, i, floor int) Span {
	switch string(text[i : i+3]) {
	case "九":
		return spelledBirth(text, i-3, floor)
	case "二":
		return spelledBirth(text, i, floor)
	case "系", "找", "告", "知", "交", "繫", "絡":
		return contacted(text, i, floor)
	case "礼", "禮", "祺", "祝":
		return goodbye(text, i, floor)
	case "敬", "谨", "謹", "拜":
		if s := greeted(text, i, floor); s.Type != None {
			return s
		}
		return signed(text, i, floor)
	case "爱", "愛":
		return greeted(text, i, floor)
	}
	return Span{}
}

// selfNamed is the name behind 我是, 本人 and 姓名, of which text[i] is the last character,
// if nothing goes on behind it.
func selfNamed(text []byte, i, floor int) Span {
	if i-3 < floor || !hasAt(text, i-3, "我是") && !hasAt(text, i-3, "本人") && !hasAt(text, i-3, "姓名") {
		return Span{}
	}
	from := skipSpaces(text, i+3)
	if begins(text, from, []string{"是", "为", "和", "于", "应", "从", "向", "时"}) { // 本人于昨日
		return Span{}
	}
	if end := wholeNameEnd(text, from); end > from {
		return Span{Start: from, End: end, Type: Name}
	}
	return Span{}
}

// saidToBe is the id or the secret at text[i:] behind 微信号是 and 密码是.
func saidToBe(before, text []byte, i int) Span {
	if len(before) < 2*3 {
		return Span{}
	}
	for i < len(text) && (text[i] == ' ' || text[i] == '"') {
		i++
	}
	if hasAt(text, i, "“") {
		i += len("“")
	}
	return hanSaid(text, before, i)
}

// tellTails are the second and third bytes of the characters that tell: a bit for each
// third, by the second.
var tellTails = func() (t [64]uint64) {
	add := func(char string) { t[char[1]&63] |= 1 << (char[2] & 63) }
	for _, w := range titles {
		add(w)
	}
	for _, w := range introductions {
		add(w[len(w)-3:])
	}
	for _, w := range counters {
		add(w)
	}
	for _, w := range contacts {
		add(w[len(w)-3:])
	}
	for _, w := range signers {
		add(w)
	}
	for _, char := range [...]string{"名", "礼", "禮", "祺", "祝", "九", "二", "爱", "愛"} {
		add(char)
	}
	return t
}()

// titlesBy are where the titles stand whose first character ends with a byte, and
// introductionsBy the introductions whose last one does.
var titlesBy, introductionsBy = func() (t, in [256][]uint8) {
	for i, w := range titles {
		t[w[2]] = append(t[w[2]], uint8(i))
	}
	for i, w := range introductions {
		in[w[len(w)-1]] = append(in[w[len(w)-1]], uint8(i))
	}
	return t, in
}()

// mayTell reports the second and third byte of a character that tells: hardly another has
// both.
func mayTell(second, third byte) bool { return tellTails[second&63]>>(third&63)&1 != 0 }

// tells reports the first character of a title or the last of an introduction:
// most of a Chinese text is neither.
func tells(char []byte) bool {
	switch string(char) {
	case "先", "女", "小", "太", "老", "经", "医", "师", "同", "叫", "是", "为", "人", "主", "名":
		return true
	}
	return false
}

// titled is the name of a family name and at most two characters before a title.
func titled(text []byte, i, floor int) Span {
	from := i
	best := Span{}
	for range 3 {
		if from-3 < floor || text[from-3]&0xF0 != 0xE0 {
			break
		}
		from -= 3
		if isSurname(text[from:]) && !isNoPerson(text[from:i]) {
			best = Span{Start: from, End: i, Type: Name}
		}
	}
	if s := best.Start; best.Type != None && s-3 >= floor && isCompound(text[s-3:s+3]) {
		best.Start = s - 3
	}
	return best
}

// isNoPerson reports what stands before a title although a family name begins it: 项目经理,
// 向经理反映. Somebody may be named behind it: 项目张经理.
func isNoPerson(name []byte) bool {
	if len(name) == 3 {
		switch string(name) {
		case "和", "向", "应", "时", "连", "全", "都":
			return true
		}
		return false
	}
	if anyBefore(name, departments[:]) {
		return true
	}
	for _, words := range [...][]string{notNames[:], notContacts[:]} {
		for _, w := range words {
			if hasAt(name, 0, w) && (len(name) == len(w) || isSurname(name[len(w):])) {
				return true
			}
		}
	}
	return false
}

// compounds are the family names of two characters.
const compounds = "欧阳司马上官诸葛司徒东方皇甫尉迟公孙慕容令狐夏侯端木宇文长孙南宫歐陽司馬諸葛東方公孫長孫南宮"

// isCompound reports a family name of two characters.
func isCompound(text []byte) bool {
	if len(text) < 6 {
		return false
	}
	i := strings.Index(compounds, string(text[:6]))
	return i >= 0 && i%6 == 0
}

// introduced is the name that begins at text[i], or behind a space or 是.
func introduced(text []byte, i int) Span {
	if hasAt(text, i, "是") || hasAt(text, i, "为") {
		i += len("是")
	}
	for i < len(text) && text[i] == ' ' {
		i++
	}
	if end := dottedEnd(text, i); end > i && !hasAt(text, i, "在") {
		return Span{Start: i, End: end, Type: Name}
	}
	if !isSurname(text[i:]) && !isCompound(text[i:]) || begins(text, i, notNames[:]) || hasAt(text, i, "和") {
		return Span{}
	}
	end := nameEnd(text, i)
	if end-i > 3*3 && !isCompound(text[i:]) { // more is no name but the sentence that goes on
		end = i + 3*3
	}
	for _, verb := range [...]string{"的", "在", "想", "要", "是", "有", "来", "已", "和", "电", "手", "住", "说", "去", "了", "给", "把", "被", "很", "没", "到", "請", "请"} {
		if at := bytes.Index(text[min(i+3, end):end], []byte(verb)); at >= 0 {
			end = i + 3 + at
		}
	}
	if end-i < 2*3 {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Name}
}

func isSurname(text []byte) bool {
	if len(text) < 3 {
		return false
	}
	r, size := utf8.DecodeRune(text)
	return size == 3 && bytes.ContainsRune([]byte(surnames), r)
}

func isHan(r rune) bool { return r >= 0x4E00 && r <= 0x9FFF }

// anyBefore reports that text ends with one of the words.
func anyBefore(text []byte, words []string) bool {
	for _, w := range words {
		if at := len(text) - len(w); at >= 0 && hasAt(text, at, w) {
			return true
		}
	}
	return false
}
