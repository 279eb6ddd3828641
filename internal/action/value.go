package action

import "strconv"

// Kind is the type of an argument or of a fact's field.
type Kind uint8

// The kinds a catalog may declare.
const (
	String  Kind = iota + 1 // any text
	ID                      // text with a declared pattern, safe as one path segment
	Enum                    // one of declared texts
	Integer                 // a 64-bit integer in its one canonical spelling
	Bool                    // true or false
	Money                   // minor units; the currency is declared, an argument or a fact
	List                    // of values of one declared kind
	Decimal                 // a decimal number with as many digits behind the point as the catalog says
	Time                    // an instant in UTC
	Object                  // declared fields by name
)

// Value is one typed, canonical value. Only the member its Kind names is set.
type Value struct {
	Kind   Kind
	Text   string           // String, ID, Enum; Decimal "1.50"; Time "2026-01-02T03:04:05Z"; for Money the currency when it is known, else ""
	Int    int64            // Integer and Money (minor units)
	Bool   bool             // Bool
	List   []Value          // List: all of one kind
	Fields map[string]Value // Object
}

// Args are the canonical arguments of a call, by their catalog names.
type Args map[string]Value

// Record is one fact: its declared fields by name.
type Record map[string]Value

// Facts are values the gateway fetched itself, by fact name. A fact that was
// not fetched is absent; it is never the agent's word.
type Facts map[string]Record

// Text is an argument as a counter or a label spells it; false when it is
// absent, a list or an object.
func (a Args) Text(name string) (string, bool) {
	v, ok := a[name]
	if !ok {
		return "", false
	}
	return v.Spell()
}

// Spell spells one scalar value; false for a list and an object.
func (v Value) Spell() (string, bool) {
	switch v.Kind {
	case String, ID, Enum, Decimal, Time:
		return v.Text, true
	case Integer, Money:
		return strconv.FormatInt(v.Int, 10), true
	case Bool:
		return strconv.FormatBool(v.Bool), true
	default:
		return "", false
	}
}
