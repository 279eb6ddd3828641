package pii

import (
	"bytes"
	"unicode/utf8"
)

// What ends the parts of a Chinese postal address, what stands behind its numbers, and what
// the names of buildings end with.
var (
	addressParts = [...]string{"省", "市", "区", "县", "州", "镇", "乡", "旗", "盟", "路", "街", "道", "巷", "弄", "村", "里", "苑", "园", "庄", "大厦", "小区", "广场", "新村", "胡同", "大道",
		"區", "縣", "鎮", "鄉", "園", "莊", "香港", "九龍", "九龙", "澳門", "澳门"}
	places    = [...]string{"号", "號", "栋", "棟", "幢", "座", "楼", "樓", "层", "層", "室", "单元", "單元", "弄", "房", "户", "院", "组", "队", "门"}
	buildings = [...]string{"大厦", "大廈", "广场", "廣場", "小区", "花园", "公寓", "中心", "大楼", "大樓", "大学", "大學", "医院", "酒店", "国际", "商城", "新村", "家园"}
)

// isNumbered reports a character behind which the number of an address stands.
func isNumbered(char []byte) bool {
	switch string(char) {
	case "路", "街", "道", "巷", "弄", "村", "里", "苑", "园", "庄", "厦", "区", "场", "同", "桥", "镇", "段", "城", "寓", "府", "院", "湾", "坊", "屯", "甲", "乙", "口",
		"區", "園", "莊", "廈", "場", "橋", "鎮":
		return true
	}
	return false
}

// longestDoor is how many digits and letters the number of a door has.
const longestDoor = 5

// longestAddress bounds an address to either side of its number, in bytes.
const longestAddress = 120

// longestBuilding is how long the name of a building is, in bytes, without what it ends with.
const longestBuilding = 6 * 3

// addressAt is the Chinese postal address, from province or city to door, that
// the digits at text[i] number: 北京市朝阳区建国路88号3单元1202室.
func addressAt(text []byte, i, floor int) Span {
	road := i
	if road > floor && text[road-1] == ' ' {
		road--
	}
	if road-3 < floor || !isNumbered(text[road-3:road]) || anyBefore(text[floor:road], notRoads[:]) {
		return Span{}
	}
	end := addressEnd(text, i)
	if end == i {
		return Span{}
	}
	from, parts := road, 0
	for from-3 >= floor && road-from < longestAddress {
		if text[from-1] == ' ' && endsPart(text[floor:from-1]) {
			from--
			continue
		}
		r, size := utf8.DecodeLastRune(text[floor:from])
		if !isHan(r) {
			break
		}
		from -= size
	}
	for _, part := range addressParts {
		parts += bytes.Count(text[from:road], []byte(part))
	}
	if parts < 2 {
		return Span{}
	}
	return Span{Start: addressStart(text, from, road), End: end, Type: Address}
}

// endsPart reports a text that ends with the part of an address behind which a space may
// stand.
func endsPart(text []byte) bool { return anyBefore(text, addressParts[:]) }

// addressEnd is where the numbers of house, building, floor and door end that
// begin at text[i]; i when there are none.
func addressEnd(text []byte, i int) int {
	end := i
	for at := i; at < len(text) && at-i < longestAddress; {
		from := at
		at = doorEnd(text, at)
		if at == from {
			if at = building(text, at); end == i || at == from {
				break
			}
			end = at
			continue
		}
		if end > i && at-from <= longestDoor && text[from] < 0x80 && rightOpen(text, at) {
			end = at // a door without its word: 8栋501
		}
		if at < len(text) && text[at] == ' ' && placeAt(text, at+1) > 0 {
			at++
		}
		for n := placeAt(text, at); n > 0; n = placeAt(text, at) { // 号, 号楼, 单元
			at += n
			end = at
		}
		if end != at {
			return end
		}
		if at < len(text) && text[at] == ' ' && roomAt(text, at+1) {
			at++
		}
	}
	return end
}

// doorEnd is the end of the number at text[i:], of digits, letters and dashes or spelled in
// characters, as in 八十八号; i for none.
func doorEnd(text []byte, i int) int {
	end := i
	for end < len(text) && (is(text[end], digit|letter) || text[end] == '-') {
		end++
	}
	if end == i {
		if n := numeralEnd(text, i); placeAt(text, n) > 0 {
			return n
		}
	}
	return end
}

// roomAt reports a number at text[i:] with its word behind it: 88号 2单元.
func roomAt(text []byte, i int) bool {
	from := i
	for i < len(text) && i <= from+longestDoor && isDigit(text[i]) {
		i++
	}
	return i > from && placeAt(text, i) > 0
}

// placeAt is how long the word behind a number is that stands at text[i:], 0 for none.
func placeAt(text []byte, i int) (n int) {
	for _, p := range &places {
		if hasAt(text, i, p) {
			n = len(p)
		}
	}
	return n
}

// building is where the name of a building at text[i:] ends, behind the number of its
// house and perhaps before that of a room; i for none.
func building(text []byte, i int) int {
	at := i
	for ; at < len(text) && at <= i+longestBuilding && isHanAt(text, at); at += 3 {
		if at == i {
			continue // a name has a character at least
		}
		for _, b := range &buildings {
			if hasAt(text, at, b) {
				return at + len(b)
			}
		}
		if n := numeralEnd(text, at); n > at && placeAt(text, n) > 0 { // 东十二楼
			return at
		}
		if hasAt(text, at, "的") || hasAt(text, at, "在") {
			return i
		}
	}
	if at > i && roomAt(text, at) {
		return at
	}
	return i
}

// addressStart leaves out the words before an address: 寄到北京市.
func addressStart(text []byte, from, i int) int {
	for _, word := range [...]string{"地址是", "地址为", "地址", "寄到", "送到", "寄往", "住在", "位于", "发到", "改成", "改为", "在"} {
		if at := bytes.LastIndex(text[from:i], []byte(word)); at >= 0 {
			return from + at + len(word)
		}
	}
	return from
}
