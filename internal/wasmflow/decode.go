package wasmflow

import (
	"errors"
	"fmt"
)

// The operations that matter.
const (
	opUnreachable = 0x00
	opBlock       = 0x02
	opLoop        = 0x03
	opIf          = 0x04
	opElse        = 0x05
	opEnd         = 0x0b
	opBr          = 0x0c
	opBrIf        = 0x0d
	opBrTable     = 0x0e
	opReturn      = 0x0f
	opCall        = 0x10
	opLocalGet    = 0x20
	opLocalSet    = 0x21
	opGlobalGet   = 0x23
	opI32Const    = 0x41
	blockVoid     = 0x40 // of a block that leaves nothing on the stack
	opExtended    = 0xfc
)

// operation is one instruction as it is spelled.
type operation struct {
	code    byte
	arg     int   // of branches, calls, locals, globals, behind opExtended, and of i32.const if it is not negative
	targets []int // of br_table, the default last
	raw     []byte
}

// is reports the operation with this argument.
func (o operation) is(code byte, arg int) bool { return o.code == code && o.arg == arg }

// operations are those of a function behind its locals, without the last end.
func (r *reader) operations() ([]operation, error) {
	var out []operation
	for r.at < len(r.b) {
		o, err := r.operation()
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	if len(out) == 0 || out[len(out)-1].code != opEnd {
		return nil, errors.New("function has no end")
	}
	return out[:len(out)-1], nil
}

func (r *reader) operation() (operation, error) {
	from := r.at
	code, err := r.byte()
	o := operation{code: code}
	if err == nil {
		err = r.immediates(&o)
	}
	o.raw = r.b[from:r.at]
	return o, err
}

// immediates reads what follows an operation.
func (r *reader) immediates(o *operation) (err error) {
	switch c := o.code; {
	case c == opBlock || c == opLoop || c == opIf:
		var kind byte
		if kind, err = r.byte(); err == nil && kind&0xc0 != 0x40 {
			err = errors.New("block has parameters")
		}
		o.arg = int(kind)
	case c == opBr, c == opBrIf, c == opCall, c >= 0x20 && c <= 0x24: // locals and globals
		o.arg, err = r.uint()
	case c == opBrTable:
		err = r.table(o)
	case c == opI32Const:
		err = r.constant(o)
	case c == 0x42: // i64.const
		_, err = r.leb()
	case c == 0x43: // f32.const
		err = r.skip(4)
	case c == 0x44: // f64.const
		err = r.skip(8)
	case c == 0x11, c >= 0x28 && c <= 0x3e: // call_indirect, loads and stores
		if _, err = r.leb(); err == nil {
			_, err = r.leb()
		}
	case c == 0x3f, c == 0x40: // memory.size, memory.grow
		err = r.skip(1)
	case c == opExtended:
		err = r.extended(o)
	case c <= 0x01, c == opElse, c == opEnd, c == opReturn, c == 0x1a, c == 0x1b, c >= 0x45 && c <= 0xc4: // have none
	default:
		err = fmt.Errorf("operation %#x is not known", c)
	}
	return err
}

func (r *reader) skip(n int) error {
	if n > len(r.b)-r.at {
		return errShort
	}
	r.at += n
	return nil
}

func (r *reader) table(o *operation) error {
	n, err := r.uint()
	for i := 0; err == nil && i <= n; i++ {
		var target int
		target, err = r.uint()
		o.targets = append(o.targets, target)
	}
	return err
}

// constant reads the argument of i32.const; -1 stands for those that are negative.
func (r *reader) constant(o *operation) error {
	spelled, err := r.leb()
	if err != nil {
		return err
	}
	if spelled[len(spelled)-1]&0x40 != 0 {
		o.arg = -1
		return nil
	}
	for i, c := range spelled {
		o.arg |= int(c&0x7f) << (7 * i)
	}
	return nil
}

// extended reads the operations behind 0xfc: conversions and those on memory.
func (r *reader) extended(o *operation) error {
	c, err := r.uint()
	o.arg = c
	switch {
	case err != nil || c <= 7:
		return err
	case c == memoryCopy:
		return r.skip(2)
	case c == memoryFill:
		return r.skip(1)
	}
	return fmt.Errorf("operation 0xfc %d is not known", c)
}
