package mask

import "bytes"

// event records the edits of one server-sent event. Its data lines are read
// together, as a client joins them.
func (m *Masker) event(src []byte) error {
	m.src = src
	d := &m.levels[maxNested+1]
	d.text, d.at = d.text[:0], d.at[:0]
	for base := 0; base < len(src); {
		end := base
		for end < len(src) && src[end] != '\n' && src[end] != '\r' {
			end++
		}
		name, from := field(src[base:end])
		switch name {
		case "data":
			d.add(src, base+from, end)
		default:
			m.other(src[base+from:end], base+from, name == "id")
		}
		base = end + 1
	}
	if len(d.at) == 0 {
		return nil
	}
	d.at = append(d.at, d.at[len(d.at)-1]) // what is found up to the end leaves the end of its line
	return m.data(*d)
}

// add appends a data line, behind a line feed that stands for its end.
func (d *decoded) add(src []byte, from, end int) {
	for i := from; i < end; i++ {
		d.text, d.at = append(d.text, src[i]), append(d.at, int32(i))
	}
	d.text, d.at = append(d.text, '\n'), append(d.at, int32(end))
}

// field is the name of a line's field and where its value begins.
func field(line []byte) (name string, value int) {
	start := 0
	if bytes.HasPrefix(line, []byte("\uFEFF")) {
		start = 3
	}
	colon := bytes.IndexByte(line, ':')
	if colon < start {
		return "", 0
	}
	value = colon + 1
	if value < len(line) && line[value] == ' ' {
		value++
	}
	switch string(line[start:colon]) {
	case "data":
		return "data", value
	case "id":
		return "id", value
	}
	return "", 0
}

// other masks a line that is no data, a comment for instance.
func (m *Masker) other(value []byte, base int, id bool) {
	first := len(m.edits)
	var k key
	if id {
		k.kind = identifier
	}
	m.scan(value, k)
	for i := first; i < len(m.edits); i++ {
		m.edits[i].start += base
		m.edits[i].end += base
	}
}

// data masks the joined data. What begins like a JSON object or a list of
// values must be JSON: names are told by their keys alone.
func (m *Masker) data(d decoded) error {
	first := len(m.edits)
	done, err := m.tryJSON(d.text, m.policy.Paths.root())
	if err != nil {
		return err
	}
	if !done {
		if mustBeJSON(d.text) {
			return ErrJSON
		}
		m.scan(d.text, key{})
	}
	m.lift(first, 0, d.at)
	m.sort()
	for i, p := range m.prosaic { // of the joined data
		m.prosaic[i] = place{start: int(d.at[p.start]), end: int(d.at[p.end])}
	}
	m.again(m.src)
	return nil
}

func mustBeJSON(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\n")
	if len(text) == 0 || text[0] != '[' {
		return len(text) > 0 && text[0] == '{'
	}
	text = bytes.TrimLeft(text[1:], " \t\n")
	return len(text) > 0 && bytes.IndexByte([]byte(`{["`), text[0]) >= 0
}
