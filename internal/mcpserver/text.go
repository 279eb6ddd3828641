package mcpserver

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func appendInt(out []byte, n int64) []byte { return strconv.AppendInt(out, n, 10) }

// appendNumber writes a number that is neither infinite nor none, as JSON has it.
func appendNumber(out []byte, n float64) []byte { return strconv.AppendFloat(out, n, 'f', -1, 64) }

// appendText writes a JSON text.
func appendText(out []byte, text string) []byte {
	data, err := json.Marshal(text)
	if err != nil {
		return append(out, `""`...) // a string is always encoded
	}
	return append(out, data...)
}

func appendTexts(out []byte, texts []string) []byte {
	out = append(out, '[')
	for i, text := range texts {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(out, text)
	}
	return append(out, ']')
}

// plain are the characters of an id that stand for themselves. Everything else is
// escaped, so that an id can stand in a header, in metadata and in a format.
const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/ "

// appendASCII writes a JSON text of plain characters and escapes alone.
func appendASCII(out []byte, text string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for _, r := range text {
		if r < utf8.RuneSelf && strings.IndexByte(plain, byte(r)) >= 0 {
			out = append(out, byte(r))
			continue
		}
		units := utf16.AppendRune(nil, r)
		for _, u := range units {
			out = append(out, '\\', 'u', hex[u>>12], hex[u>>8&15], hex[u>>4&15], hex[u&15])
		}
	}
	return append(out, '"')
}
