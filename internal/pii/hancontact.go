package pii

// Whom to turn to, and who signs, is named in Chinese text behind 请联系 and the like, at
// the end of a letter, and behind two dashes. Anything may stand there, so only a whole name
// counts: of two or three characters, four with a family name of two, that is no role, no
// place and no company.

// contacts stand before whom to turn to.
var contacts = [...]string{"请联系", "可联系", "请找", "请转告", "请通知", "请转交", "請聯繫", "請聯絡", "請找"}

// greetings stand before who is written to.
var greetings = [...]string{"尊敬的", "亲爱的", "親愛的"}

// goodbyes stand before who signs.
var goodbyes = [...]string{"敬礼", "敬禮", "商祺", "祝好"}

// signers stand behind who signs.
var signers = [...]string{"敬上", "谨上", "敬启", "谨启", "拜上", "謹上", "敬啟"}

// notContacts begin what else stands there although a family name begins it.
var notContacts = [...]string{"司机", "顾问", "顾客", "师傅", "管家", "安保", "安排", "安检", "安徽", "安庆", "保安", "施工", "方式", "方案", "时间", "成功", "解决", "解释", "解答", "查询", "查看", "查收", "谢谢", "应急", "应用", "任何", "任意", "连锁",
	"车间", "车队", "车行", "景区", "景点", "柜台", "金融", "金店", "阳光", "康复", "华为", "华东", "华南", "华北", "申通", "苏宁", "谷歌", "商务", "商城", "万科", "农行", "农业", "石油", "石化", "水务", "路政", "房管", "党办", "党委", "文具", "文化", "文旅", "林业", "常务", "高校", "高铁", "明天", "明日", "明细",
	"黄页", "白班", "夏令", "左侧", "左边", "单号", "单据", "于此", "于是", "和解", "和谐", "平安", "计划", "计算", "程序", "章程", "严格", "钱包", "终端", "海关", "海外", "季度", "成人", "包装", "包裹", "经理", "小二", "相关", "燕子",
	"唐山", "金华", "黄山", "徐州", "许昌", "邢台", "柳州", "梅州", "池州", "连云", "龙岩", "雷达", "向导", "向上", "喻示", "祝福", "祝贺", "祝愿", "祝您", "祝你", "路线", "项链", "房产", "全体", "全班", "全校", "简介", "简历", "权限", "权益", "都市"}

// departments end what is a part of a company, and hardly a name.
var departments = [...]string{"部", "局", "所", "店", "队", "组", "处", "司", "站", "厂", "馆", "办", "们", "区", "部门"}

// notContactEnds end, besides, what is a role or a company.
var notContactEnds = [...]string{"院", "行", "社", "员", "商", "家", "科", "台", "人", "机", "校", "网", "县", "市"}

// goesOnBehind may follow a name without a sign between them.
var goesOnBehind = [...]string{"电话", "手机", "微信", "邮箱", "处理", "办理", "确认", "领取", "咨询", "核实", "协助", "協助", "處理", "確認", "电邮", "您好", "你好", "或", "收"}

// contacted is the name behind a phrase that ends with the character at text[i].
func contacted(text []byte, i, floor int) Span {
	if !anyBefore(text[floor:i+3], contacts[:]) {
		return Span{}
	}
	from := skipSpaces(text, i+3)
	if from < len(text) && text[from] == ':' {
		from = skipSpaces(text, from+1)
	}
	return loneName(text, from, false)
}

// greeted is the name behind 尊敬的 or 亲爱的, of which text[i] is the second character.
func greeted(text []byte, i, floor int) Span {
	from := i - 3
	if from < floor || !begins(text, from, greetings[:]) {
		return Span{}
	}
	return loneName(text, skipSpaces(text, i+2*3), false)
}

// goodbye is the name below what a letter ends with, of which text[i] is a character.
func goodbye(text []byte, i, floor int) Span {
	end := i + 3
	if hasAt(text, i, "祝好") {
		end += 3
	}
	if !anyBefore(text[floor:end], goodbyes[:]) {
		return Span{}
	}
	from, _ := skipBreaks(text, skipStops(text, end))
	if from < 0 {
		return Span{}
	}
	return loneName(text, from, true)
}

// skipStops passes over the full stops and the like that stand at text[i:].
func skipStops(text []byte, i int) int {
	for hasAt(text, i, "。") || hasAt(text, i, "！") {
		i += len("。")
	}
	return i
}

// loneName is the name of a person at text[i:] that stands alone, at the end of its line if
// it is to be the last there.
func loneName(text []byte, i int, last bool) Span {
	end := loneEnd(text, i)
	if end == i || last && !endsLine(text, end) || begins(text, i, notContacts[:]) || begins(text, i, notNames[:]) {
		return Span{}
	}
	if isOffice(text[i:end]) || isTitleAt(text, end) {
		return Span{}
	}
	return Span{Start: i, End: end, Type: Name}
}

// loneEnd is the end of a whole name at text[i:], i for none.
func loneEnd(text []byte, i int) int {
	if end := wholeNameEnd(text, i); end > i {
		return end
	}
	if !isSurname(text[min(i, len(text)):]) && !isCompound(text[min(i, len(text)):]) {
		return i
	}
	most := 3
	if isCompound(text[i:]) {
		most = 4
	}
	for n := most; n >= 2; n-- { // 请联系陈伟处理
		end := i + n*3
		if end < len(text) && begins(text, end, goesOnBehind[:]) && isHanAt(text, end-3) {
			return end
		}
	}
	return i
}

// endsLine reports that nothing but spaces and a date stand behind text[i] on its line.
func endsLine(text []byte, i int) bool {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || isDigit(text[i]) || text[i] == '-' || text[i] == '.' || text[i] == '/' || text[i] == '"') {
		i++
	}
	return i == len(text) || text[i] == '\n' || text[i] == '\r' || text[i] == '<' || hasAt(text, i, "年") || hasAt(text, i, "”")
}

// isOffice reports what ends as a role, a department or a company does.
func isOffice(name []byte) bool {
	return anyBefore(name, departments[:]) || anyBefore(name, notContactEnds[:])
}

// isTitleAt reports a title at text[i:], which tells a name for itself.
func isTitleAt(text []byte, i int) bool { return begins(text, i, titles[:]) }

// dashed is the name behind two dashes of which text[i] is the last, as below a letter:
// ——陈伟.
func dashed(text []byte, i, floor int) Span {
	from := i
	for from > floor && text[from-1] == '-' {
		from--
	}
	if from == i {
		return Span{}
	}
	for from > floor && text[from-1] == ' ' {
		from--
	}
	if before := text[floor:from]; len(before) > 0 && !anyBefore(before, []string{"\n", "\r", "。", "！", "”", "!", "?", "\"", ">", "~"}) {
		return Span{}
	}
	return loneName(text, skipSpaces(text, i+1), true)
}

// signed is the name before 敬上 and the like at text[i].
func signed(text []byte, i, floor int) Span {
	if !begins(text, i, signers[:]) {
		return Span{}
	}
	end := i
	for end > floor && text[end-1] == ' ' {
		end--
	}
	for from := end - 2*3; from >= max(floor, end-4*3); from -= 3 {
		before := text[floor:from]
		if n := len(before); n > 0 && before[n-1] >= 0x80 && !anyBefore(before, []string{"。", "！", "，", "、", "：", "”"}) {
			continue
		}
		if wholeNameEnd(text[:end], from) == end && !begins(text, from, notContacts[:]) && !isOffice(text[from:end]) {
			return Span{Start: from, End: end, Type: Name}
		}
	}
	return Span{}
}
