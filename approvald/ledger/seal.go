package ledger

import "fmt"

// Sealer keeps what calls and answers hold from whoever reads the database.
type Sealer interface {
	// Seal seals the body of a column; only Open with the same names opens it.
	Seal(tenant, intent, column string, body []byte) ([]byte, error)
	// Open is Seal's reverse, or an error when the body was changed or moved.
	Open(tenant, intent, column string, sealed []byte) ([]byte, error)
}

// How the bodies of a row are kept.
const (
	inClear = iota // by a program of before there was a Sealer
	isSealed
	isErased
)

// body is one sealed column.
type body struct {
	column string
	data   *[]byte
}

// columnSaid is the one body that old rows do not have.
const columnSaid = "said"

func (p *packed) bodies() [4]body {
	return [...]body{{"args", &p.args}, {"facts", &p.facts}, {"outcome_body", &p.outcome.Body}, {columnSaid, &p.said}}
}

// seal seals the bodies, empty ones too: nobody can make one empty.
func (p *packed) seal(s Sealer, r *row) (err error) {
	switch r.Bodies {
	case Whole:
	case Erased:
		p.sealed = isErased
		for _, b := range p.bodies() {
			*b.data = []byte{}
		}
		return nil
	default:
		return ErrUnreadable
	}
	for _, b := range p.bodies() {
		if *b.data, err = s.Seal(r.Tenant, r.ID, b.column, *b.data); err != nil {
			return fmt.Errorf("seal %s: %w", b.column, err)
		}
	}
	p.sealed = isSealed
	return nil
}

// open opens the bodies of a row, if they were written sealed.
func (p *packed) open(s Sealer, r *row) (err error) {
	if p.sealed == inClear {
		return nil
	}
	for _, b := range p.bodies() {
		if b.column == columnSaid && *b.data == nil {
			continue // of before there was one
		}
		if *b.data, err = s.Open(r.Tenant, r.ID, b.column, *b.data); err != nil {
			return fmt.Errorf("open %s: %w", b.column, err)
		}
	}
	return nil
}
