package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// mostColumns bounds the columns of a table; what stands behind them is looked
// at by shape.
const mostColumns = 128

// structured masks text that is a table or a form, or has quoted-printable in it, and
// reports whether it was.
func (m *Masker) structured(text []byte) bool {
	if m.asForm(text) || m.quoted(text) || m.grids(text) {
		return true
	}
	by, ok := m.looksLikeTable(text)
	if ok {
		m.rows(text, by)
	}
	return ok
}

// table masks comma-separated values, whose first line names the columns.
func (m *Masker) table(src []byte) {
	if len(src) >= shortestProse {
		m.prosaic = append(m.prosaic, place{end: len(src)})
	}
	m.rows(src, separator(src[:lineEnd(src, 0)]))
}

// looksLikeTable reports text whose first line names columns, one of which a key
// of personal data, and whose second line has as many.
func (m *Masker) looksLikeTable(text []byte) (by byte, ok bool) {
	end := lineEnd(text, 0)
	if end == len(text) || end > 64*mostColumns {
		return 0, false
	}
	head := text[:end]
	if by = separator(head); by == 0 || by == '|' && head[0] == '|' || !namesOnly(head) {
		return 0, false
	}
	columns, personal := 0, false
	for at := 0; at <= len(head); columns++ {
		start, stop, next := cell(head, at, by)
		personal = personal || m.key(columnName(head[start:stop]), pii.None).typ != pii.None
		at = next
	}
	if !personal || columns < 2 {
		return 0, false
	}
	cells := 0
	for at := end + 1; at <= len(text); cells++ {
		_, _, next := cell(text, at, by)
		if at = next; next > len(text) || text[next-1] == '\n' {
			cells++
			break
		}
	}
	return by, cells == columns
}

// mostInName is how many digits the name of a column has, as in address_line_1.
const mostInName = 6

// namesOnly reports a line in which nothing stands that is a value, or a mark by now.
func namesOnly(head []byte) bool {
	digits := 0
	for _, c := range head {
		switch {
		case c == ':' || c == '@' || c == '[':
			return false
		case c-'0' < 10:
			digits++
		case c == ',' || c == ';' || c == '\t' || c == '|':
			digits = 0
		}
		if digits > mostInName {
			return false
		}
	}
	return true
}

// rows masks a table, cell by cell.
func (m *Masker) rows(text []byte, by byte) {
	if by == 0 {
		m.find(text)
		return
	}
	var columns []key
	column, head := 0, true
	for at := 0; at <= len(text); {
		start, end, next := cell(text, at, by)
		var k key
		switch {
		case head && column < mostColumns: // names of columns are no values
			named := m.key(columnName(text[start:end]), pii.None)
			named.from, named.to = int32(start), int32(end)
			columns = append(columns, named)
		case column < len(columns):
			k = columns[column]
		}
		m.cell(text, place{start: start, end: end}, k)
		column++
		if next > len(text) || text[next-1] == '\n' {
			column, head = 0, false
		}
		at = next
	}
}

// cell masks one cell under what its column says.
func (m *Masker) cell(text []byte, p place, k key) {
	inside := text[p.start:p.end]
	m.name = columnName(text[k.from:k.to])
	if len(inside) == 0 {
		return
	}
	if k.typ != pii.None && m.covers(k.typ, inside) && !ruled(inside) {
		m.replace(p.start, p.end, k.typ, inside, true)
		return
	}
	if k.is(identifier) && bare(inside) {
		return
	}
	first := len(m.edits)
	m.find(inside)
	m.move(first, p.start)
}

// cell is the cell that begins at text[at], without its quotes, and where the
// next one begins: behind a separator or a line feed, or behind the end.
func cell(text []byte, at int, by byte) (start, end, next int) {
	if at < len(text) && text[at] == '"' {
		for end = at + 1; end < len(text); end++ {
			if text[end] != '"' {
				continue
			}
			if end+1 == len(text) || text[end+1] != '"' {
				break
			}
			end++ // a doubled quote
		}
		next = end
		for next < len(text) && text[next] != by && text[next] != '\n' {
			next++
		}
		if len(bytes.TrimSpace(text[min(end+1, next):next])) == 0 {
			return at + 1, end, next + 1
		}
		return at, next, next + 1 // what goes on behind its quotes is a part of it
	}
	end = at
	for end < len(text) && text[end] != by && text[end] != '\n' {
		end++
	}
	next = end + 1
	if end > at && text[end-1] == '\r' {
		end--
	}
	return at, end, next
}

func lineEnd(text []byte, from int) int {
	if i := bytes.IndexByte(text[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(text)
}

// separator is what the names of columns stand between; 0 for a line of one.
func separator(head []byte) byte {
	best, most := byte(0), 0
	for _, by := range [...]byte{',', ';', '\t', '|'} {
		if n := bytes.Count(head, []byte{by}); n > most {
			best, most = by, n
		}
	}
	return best
}

// columnName is the name of a column as a key.
func columnName(head []byte) []byte {
	return bytes.Trim(bytes.TrimPrefix(head, []byte("\ufeff")), "\" \r")
}
