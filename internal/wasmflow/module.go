package wasmflow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// errShort is of a module, or a part of one, that ends too early.
var errShort = errors.New("WebAssembly ends too early")

// The sections that matter.
const (
	sectionCustom   = 0
	sectionType     = 1
	sectionImport   = 2
	sectionFunction = 3
	sectionCode     = 10
)

// header begins every module: its magic number and version.
var header = []byte("\x00asm\x01\x00\x00\x00")

// section is a part of a module.
type section struct {
	id   byte
	body []byte
}

// Counts says what Straighten did.
type Counts struct {
	Functions    int // of the module
	Straightened int // of them
	Left         int // jump through a table and stay as they are
	Wordwise     int // compare two texts, by words now
}

// Straighten returns the module, as the compiler made it, with its functions rewritten.
func Straighten(code []byte) ([]byte, Counts, error) {
	var counts Counts
	sections, err := split(code)
	if err != nil {
		return nil, counts, err
	}
	m := module{sections: sections}
	if err := m.find(); err != nil {
		return nil, counts, err
	}
	if err := m.straighten(&counts); err != nil {
		return nil, counts, err
	}
	before := slices.IndexFunc(sections, func(s section) bool { return s.id == sectionCode })
	return join(slices.Insert(sections, before, m.hints)), counts, nil
}

// module is what is read of one.
type module struct {
	sections   []section
	kinds      *section // the type of each function
	code       *section
	parameters []int // of each type
	imported   int   // functions, whose numbers come first
	hints      section
}

// find finds the sections that matter.
func (m *module) find() (err error) {
	for i := range m.sections {
		switch s := &m.sections[i]; s.id {
		case sectionType:
			m.parameters, err = parametersOf(s.body)
		case sectionImport:
			m.imported, err = importedFunctions(s.body)
		case sectionFunction:
			m.kinds = s
		case sectionCode:
			m.code = s
		}
		if err != nil {
			return err
		}
	}
	if m.kinds == nil || m.code == nil {
		return errors.New("WebAssembly has no functions")
	}
	return nil
}

// straighten rewrites the functions of the code section. The ones that stay as they
// were are put behind all others, so no function's number changes.
func (m *module) straighten(counts *Counts) error {
	kinds, err := vector(m.kinds.body, (*reader).uint)
	if err != nil {
		return err
	}
	bodies, err := vector(m.code.body, (*reader).sized)
	if err != nil {
		return err
	}
	if len(kinds) != len(bodies) || len(kinds) > 0 && slices.Max(kinds) >= len(m.parameters) {
		return errors.New("WebAssembly has other functions than it declares")
	}
	counts.Functions = len(bodies)
	functions := make([]*function, len(bodies))
	for i, body := range bodies {
		if functions[i], err = parse(body); err != nil && !errors.Is(err, errForm) {
			return err
		}
	}
	cutEnds(functions, m.imported)
	hints := make([][]hint, len(bodies))
	for i, f := range functions {
		if bytes.Equal(bodies[i], bytewise) {
			bodies[i] = wordwise()
			counts.Wordwise++
			continue
		}
		if f == nil {
			counts.Left++
			continue
		}
		changed := f.shorten(m.parameters[kinds[i]])
		if f.plain {
			if changed {
				bodies[i] = f.spell()
			}
			continue
		}
		straight, known, err := f.rewrite(m.imported + len(bodies))
		if err != nil {
			counts.Left++
			continue
		}
		counts.Straightened++
		bodies, kinds = append(bodies, bodies[i]), append(kinds, kinds[i])
		bodies[i], hints[i] = straight, known
	}
	m.hints = hintsOf(hints, m.imported)
	m.kinds.body = binary.AppendUvarint(nil, uint64(len(kinds)))
	for _, k := range kinds {
		m.kinds.body = binary.AppendUvarint(m.kinds.body, uint64(k))
	}
	m.code.body = binary.AppendUvarint(nil, uint64(len(bodies)))
	for _, b := range bodies {
		m.code.body = append(binary.AppendUvarint(m.code.body, uint64(len(b))), b...)
	}
	return nil
}

// shorten writes shorter what an engine does not see through in a function that has so
// many parameters, and reports whether there was any.
func (f *function) shorten(parameters int) bool {
	narrowed, reached := f.narrow(), !f.plain && f.reachStack()
	return f.inlineMoves(parameters) || narrowed || reached
}

func split(code []byte) ([]section, error) {
	if !bytes.HasPrefix(code, header) {
		return nil, errors.New("not WebAssembly of version 1")
	}
	var sections []section
	for r := (reader{b: code, at: len(header)}); r.at < len(r.b); {
		id := r.b[r.at]
		r.at++
		body, err := r.sized()
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", id, err)
		}
		sections = append(sections, section{id, body})
	}
	return sections, nil
}

func join(sections []section) []byte {
	out := bytes.Clone(header)
	for _, s := range sections {
		out = append(binary.AppendUvarint(append(out, s.id), uint64(len(s.body))), s.body...)
	}
	return out
}

// importedFunctions is how many functions a module imports: their numbers come first.
func importedFunctions(body []byte) (functions int, err error) {
	_, err = vector(body, func(r *reader) ([]byte, error) {
		for range 2 { // the names of the module and of what is imported
			if _, err := r.sized(); err != nil {
				return nil, err
			}
		}
		kind, err := r.byte()
		if err != nil {
			return nil, err
		}
		if kind != 0 {
			return nil, errors.New("only functions can be imported")
		}
		functions++
		return r.leb()
	})
	return functions, err
}

// parametersOf are how many parameters the functions of each type have.
func parametersOf(body []byte) ([]int, error) {
	return vector(body, func(r *reader) (parameters int, err error) {
		if form, err := r.byte(); err != nil || form != 0x60 {
			return 0, errors.Join(err, errors.New("only types of functions are known"))
		}
		if parameters, err = r.uint(); err == nil {
			err = r.skip(parameters)
		}
		if err == nil {
			_, err = r.sized() // the results
		}
		return parameters, err
	})
}

// vector reads a counted list of items.
func vector[T any](body []byte, item func(*reader) (T, error)) ([]T, error) {
	r := reader{b: body}
	n, err := r.uint()
	if err != nil {
		return nil, err
	}
	var items []T
	for range n {
		b, err := item(&r)
		if err != nil {
			return nil, err
		}
		items = append(items, b)
	}
	return items, nil
}

// reader reads numbers and bytes.
type reader struct {
	b  []byte
	at int
}

func (r *reader) byte() (byte, error) {
	if r.at >= len(r.b) {
		return 0, errShort
	}
	r.at++
	return r.b[r.at-1], nil
}

// leb reads a number of any length and returns how it is spelled.
func (r *reader) leb() ([]byte, error) {
	from := r.at
	for {
		c, err := r.byte()
		if err != nil {
			return nil, err
		}
		if c < 0x80 {
			return r.b[from:r.at], nil
		}
	}
}

func (r *reader) uint() (int, error) {
	spelled, err := r.leb()
	if err != nil {
		return 0, err
	}
	n, size := binary.Uvarint(spelled)
	if size != len(spelled) || n > 1<<31 {
		return 0, errors.New("WebAssembly has a number that is too large")
	}
	return int(n), nil
}

// sized reads bytes behind their number.
func (r *reader) sized() ([]byte, error) {
	n, err := r.uint()
	if err != nil {
		return nil, err
	}
	if n > len(r.b)-r.at {
		return nil, errShort
	}
	r.at += n
	return r.b[r.at-n : r.at], nil
}
