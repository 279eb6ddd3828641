package pii

// counters stand behind the number of a house or a room that is spelled in characters:
// 建国路八十八号.
var counters = [...]string{"号", "號", "栋", "棟", "幢"}

func isCounter(char []byte) bool {
	switch string(char) {
	case "号", "號", "栋", "棟", "幢":
		return true
	}
	return false
}

// notRoads end as the names of roads do, before a number that is none of a house.
var notRoads = [...]string{"知道", "报道", "報道", "频道", "頻道", "渠道", "这里", "這裡", "那里", "哪里", "公里"}

// mostNumerals is how many characters the number of a house has: 一千二百三十四.
const mostNumerals = 7

// numeralAddress is the Chinese postal address whose number in characters ends before the
// counter at text[i].
func numeralAddress(text []byte, i, floor int) Span {
	if i-3 < floor || text[i-3] == 0xE6 || text[i-3] == 0xE8 { // no numeral begins so
		return Span{}
	}
	from := i
	for from-3 >= floor && i-from < mostNumerals*3 && isNumeral(text[from-3:from]) {
		from -= 3
	}
	if from == i {
		return Span{}
	}
	return addressAt(text, from, floor)
}

// numeralEnd is the end of the number in characters at text[i:], i for none.
func numeralEnd(text []byte, i int) int {
	end := i
	for end+3 <= len(text) && end-i < mostNumerals*3 && isNumeral(text[end:end+3]) {
		end += 3
	}
	return end
}

// isNumeral reports a character that numbers are spelled with.
func isNumeral(char []byte) bool {
	switch string(char) {
	case "〇", "零", "一", "二", "两", "兩", "三", "四", "五", "六", "七", "八", "九", "十", "廿", "卅", "百", "千":
		return true
	}
	return false
}
