package pii

import "bytes"

// hanReferences stand before the numbers of orders and the like.
var hanReferences = [...]string{"订单", "订单号", "单号", "编号", "流水", "流水号"}

// referred reports that the word just before text[i] calls the digits there the
// number of an order or the like: a tenth of those have the check digit of
// cards, too.
func referred(text []byte, i, floor int) bool {
	for range 2 { // order, or order number
		for i > floor && (text[i-1] == ' ' || text[i-1] == ':' || text[i-1] == '=' || text[i-1] == '#' || text[i-1] == '.') {
			i--
		}
		end := i
		for i > floor && is(text[i-1], letter) {
			i--
		}
		if i == end {
			return anyBefore(bytes.TrimSuffix(text[floor:end], []byte("：")), hanReferences[:])
		}
		switch word := text[i:end]; {
		case isReference(word):
			return true
		case !isNumberWord(word):
			return false
		}
	}
	return false
}

// isNumberWord reports a word between order and its number.
func isNumberWord(word []byte) bool {
	switch string(word) {
	case "number", "Number", "no", "No", "nr", "Nr", "num", "id", "ID", "is":
		return true
	}
	return false
}

// isReference reports a word that stands before numbers of things.
func isReference(word []byte) bool {
	var buf [12]byte
	if len(word) > len(buf) {
		return false
	}
	for i, c := range word {
		buf[i] = c | 0x20
	}
	switch string(buf[:len(word)]) {
	case "order", "orders", "ticket", "tickets", "invoice", "ref", "reference", "tracking", "case", "part", "receipt", "serial", "shipment",
		"parcel", "booking", "sku", "batch", "confirmation":
		return true
	}
	return false
}
