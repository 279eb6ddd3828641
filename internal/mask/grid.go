package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// A table in HTML or Markdown that stands in a text says by its cells what the cells
// beside or below them are: <td>Name</td><td>Ada</td>, | Name | Ada |.

// gridRow is one row of such a table.
type gridRow struct {
	cells  []place
	labels int  // how many of its cells, from the first on, are marked as labels
	opens  bool // a table begins with it
	heads  bool // it names the columns of the rows below
}

// grids masks text with such tables, and reports whether a key stood in one.
func (m *Masker) grids(text []byte) bool {
	var rows []gridRow
	switch {
	case cutJSON(text):
	case bytes.Contains(text, []byte("<td")), bytes.Contains(text, []byte("<TD")), bytes.Contains(text, []byte("<dd")), bytes.Contains(text, []byte("<DD")):
		rows = htmlRows(text)
	case bytes.IndexByte(text, '\n') >= 0 && (text[0] == '|' || bytes.Contains(text, []byte("\n|"))):
		rows = pipedRows(text)
	}
	done := 0
	for at := 0; at < len(rows); {
		end := at + 1
		for end < len(rows) && !rows[end].opens {
			end++
		}
		done = m.grid(text, rows[at:end], done)
		at = end
	}
	if done == 0 {
		return false
	}
	m.stretch(text, done, len(text))
	return true
}

// cutJSON reports text that begins as JSON does: it is none as a whole, and might be once a
// cell with a quote in it is masked.
func cutJSON(text []byte) bool {
	if text[0] != '{' && text[0] != '[' {
		return false
	}
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && (rest[0] == '"' || rest[0] == '{' || rest[0] == '[')
}

// grid masks one table, and what stands in text before it from done on, and returns up to
// where it did.
func (m *Masker) grid(text []byte, rows []gridRow, done int) int {
	columns := m.columnsOf(text, rows)
	for n, row := range rows {
		if n == 0 && columns != nil {
			continue
		}
		for i := 0; i < len(row.cells); i++ {
			var k key
			switch {
			case columns != nil && i < len(columns):
				k = columns[i]
			case columns == nil && row.pairs(i) && !m.isLabel(text, row.cells[i]):
				k = m.label(text, row.cells[i-1])
			}
			p := shownIn(text, row.cells[i])
			value := text[p.start:p.end]
			if k.typ == pii.None || len(value) == 0 || ruled(value) || !m.covers(k.typ, value) {
				continue
			}
			m.stretch(text, done, p.start)
			m.name = text[k.from:k.to]
			m.replace(p.start, p.end, k.typ, value, true)
			done = p.end
		}
	}
	return done
}

// stretch masks by shape what stands between keyed cells.
func (m *Masker) stretch(text []byte, from, to int) {
	first := len(m.edits)
	m.name = nil
	m.find(text[from:to])
	m.move(first, from)
}

// pairs reports that the cell before the one at i is its label: it is marked as one and
// this is not, or the row is of pairs.
func (r *gridRow) pairs(i int) bool {
	if r.labels > 0 {
		return i == r.labels
	}
	return i%2 == 1 && len(r.cells)%2 == 0
}

// columnsOf are the keys of the columns of a table whose first row names them, nil for one
// whose rows have their labels before their values.
func (m *Masker) columnsOf(text []byte, rows []gridRow) []key {
	if len(rows) < 2 || !rows[0].heads && !m.names(text, rows[0]) {
		return nil
	}
	columns, personal := make([]key, 0, len(rows[0].cells)), false
	for _, cell := range rows[0].cells {
		k := m.label(text, cell)
		personal = personal || k.typ != pii.None
		columns = append(columns, k)
	}
	if !personal {
		return nil
	}
	for _, row := range rows[1:] {
		if len(row.cells) == 2 && len(columns) == 2 && m.isLabel(text, row.cells[0]) {
			return nil // Markdown has no table without a first row
		}
	}
	return columns
}

// names reports a first row that is not marked as one, and of which two cells side by side
// are keys.
func (m *Masker) names(text []byte, row gridRow) bool {
	return row.labels == 0 && len(row.cells) > 1 && m.isLabel(text, row.cells[0]) && m.isLabel(text, row.cells[1])
}

// isLabel reports a cell that is a key and nothing else: no value that begins or ends as
// one does.
func (m *Masker) isLabel(text []byte, cell place) bool {
	k := m.label(text, cell)
	for _, c := range text[k.from:k.to] {
		if c < 0x80 && (c-'0' < 10 || !wordy(c) && c != ' ' && c != '-' && c != '.' && c != ':') {
			return false
		}
	}
	return k.typ != pii.None
}

// label is what a cell says as a key.
func (m *Masker) label(text []byte, cell place) key {
	p := shownIn(text, cell)
	for p.end > p.start && (text[p.end-1] == ':' || text[p.end-1] == ' ') {
		p.end--
	}
	k := m.key(bytes.TrimSuffix(text[p.start:p.end], []byte("：")), pii.None)
	k.from, k.to = int32(p.start), int32(p.end)
	return k
}

// shownIn is what a cell shows, without spaces, tags and signs for bold around it.
func shownIn(text []byte, p place) place {
	for p.start < p.end {
		switch c := text[p.start]; {
		case c <= ' ' || c == '*' || c == '`':
			p.start++
			continue
		case c == '<':
			if n := bytes.IndexByte(text[p.start:p.end], '>'); n > 0 {
				p.start += n + 1
				continue
			}
		}
		break
	}
	for p.end > p.start {
		switch c := text[p.end-1]; {
		case c <= ' ' || c == '*' || c == '`':
			p.end--
			continue
		case c == '>':
			if n := bytes.LastIndexByte(text[p.start:p.end], '<'); n >= 0 {
				p.end = p.start + n
				continue
			}
		}
		break
	}
	return p
}

// ruled reports the line below the names of columns.
func ruled(cell []byte) bool {
	return len(bytes.Trim(cell, "-:= ")) == 0
}
