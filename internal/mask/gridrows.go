package mask

import "bytes"

// pipedRows are the rows of the tables in Markdown in text: lines that begin with a bar.
func pipedRows(text []byte) (rows []gridRow) {
	opens := true
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		cells := pipedCells(text, at, end)
		at = end + 1
		switch {
		case cells == nil:
			opens = true
		case !opens && isRule(text, cells):
			if last := &rows[len(rows)-1]; last.opens {
				last.heads = true
			}
		default:
			rows = append(rows, gridRow{cells: cells, opens: opens})
			opens = false
		}
	}
	return rows
}

// pipedCells are the cells of the line text[at:end], nil if it is no row.
func pipedCells(text []byte, at, end int) (cells []place) {
	for at < end && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	if at == end || text[at] != '|' {
		return nil
	}
	for at++; at < end; {
		stop := end
		if n := bytes.IndexByte(text[at:end], '|'); n >= 0 {
			stop = at + n
		} else if len(bytes.TrimSpace(text[at:end])) == 0 {
			break
		}
		cells = append(cells, place{start: at, end: stop})
		at = stop + 1
	}
	return cells
}

// isRule reports the row below the names of columns: |---|:--:|.
func isRule(text []byte, cells []place) bool {
	for _, c := range cells {
		if !ruled(text[c.start:c.end]) || bytes.IndexByte(text[c.start:c.end], '-') < 0 {
			return false
		}
	}
	return true
}

// htmlRows are the rows of the tables and lists of terms in HTML in text.
func htmlRows(text []byte) []gridRow {
	g := gridReader{opens: true, open: -1}
	for at := bytes.IndexByte(text, '<'); at >= 0; {
		end := at + 1
		if n := bytes.IndexByte(text[at:], '>'); n > 0 {
			end = at + n + 1
		}
		g.tag(text, at, end)
		next := bytes.IndexByte(text[end:], '<')
		if next < 0 {
			break
		}
		at = end + next
	}
	g.close(len(text))
	g.flush()
	return g.rows
}

// gridReader reads the rows of tables in HTML.
type gridReader struct {
	rows  []gridRow
	row   gridRow
	opens bool // a table begins with the next row
	open  int  // where the cell begins that is read, -1 for none
	label bool // it is marked as one
}

// tag reads the tag text[at:end].
func (g *gridReader) tag(text []byte, at, end int) {
	name := text[at+1 : end]
	closes := len(name) > 0 && name[0] == '/'
	if closes {
		name = name[1:]
	}
	n := 0
	for n < len(name) && n < len("table")+1 && name[n]|0x20 >= 'a' && name[n]|0x20 <= 'z' {
		n++
	}
	switch string(bytes.ToLower(name[:n])) {
	case "td", "dd":
		g.cell(at, end, closes, false)
	case "th":
		g.cell(at, end, closes, true)
	case "dt":
		g.close(at)
		if !closes {
			g.flush()
		}
		g.cell(at, end, closes, true)
	case "tr":
		g.close(at)
		g.flush()
	case "table", "dl":
		g.close(at)
		g.flush()
		g.opens = true
	}
}

// cell begins or ends a cell.
func (g *gridReader) cell(at, end int, closes, label bool) {
	g.close(at)
	if !closes {
		g.open, g.label = end, label
	}
}

// close ends the cell that is read.
func (g *gridReader) close(at int) {
	if g.open < 0 {
		return
	}
	if g.label && g.row.labels == len(g.row.cells) {
		g.row.labels++
	}
	g.row.cells = append(g.row.cells, place{start: g.open, end: max(g.open, at)})
	g.open = -1
}

// flush ends the row that is read.
func (g *gridReader) flush() {
	if len(g.row.cells) == 0 {
		return
	}
	g.row.opens, g.opens = g.opens, false
	g.row.heads = g.row.opens && g.row.labels == len(g.row.cells)
	g.rows, g.row = append(g.rows, g.row), gridRow{}
}
