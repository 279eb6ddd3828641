package lint

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
)

// fieldCondition is the condition's place in a p line.
const fieldCondition = 3

// column is where the condition of a rule begins, from 1, in bytes.
func column(file []byte, line int) int {
	text := lineOfFile(file, line)
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	reader := csv.NewReader(strings.NewReader(text[indent:]))
	reader.TrimLeadingSpace = true
	fields, err := reader.Read()
	if err != nil || len(fields) <= fieldCondition {
		return 1
	}
	_, at := reader.FieldPos(fieldCondition)
	return indent + at
}

func lineOfFile(file []byte, line int) string {
	lines := strings.Split(string(file), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return lines[line-1]
}

// At adds the column to a problem that names a line: that of what is wrong, or of
// the condition when that does not stand there once.
func At(p config.Problem, files map[string][]byte) config.Problem {
	name, rest, _ := strings.Cut(p.Path, ":")
	n, err := strconv.Atoi(rest)
	if err != nil {
		return p
	}
	at := column(files[name], n)
	if text := lineOfFile(files[name], n); p.Got != "" && strings.Count(text, p.Got) == 1 {
		at = 1 + strings.Index(text, p.Got)
	}
	p.Path = fmt.Sprintf("%s:%d", p.Path, at)
	return p
}
