package mask

import "github.com/sallyport/sallyport/internal/pii"

// dropped reads a value, of any kind, and makes it null.
func (w *walk) dropped() error {
	edits, prosaic, start := len(w.m.edits), len(w.m.prosaic), w.pos
	if err := w.value(key{}); err != nil {
		return err
	}
	w.m.rewind(edits)
	w.m.prosaic = w.m.prosaic[:prosaic]
	const null = "null"
	if string(w.src[start:w.pos]) == null {
		return nil
	}
	from := len(w.m.ink)
	w.m.ink = append(w.m.ink, null...)
	w.m.edits = append(w.m.edits, edit{start: start, end: w.pos, from: from, to: len(w.m.ink), typ: pii.Text})
	return nil
}
