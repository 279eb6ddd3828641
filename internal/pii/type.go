package pii

// Type is a kind of personal data. The zero Type is none.
type Type uint8

// The types. Name and Text are found by the key of a JSON member; Name also
// behind a Chinese label. Text is never found by its shape: it is for members
// whose whole value a tenant wants hidden.
const (
	None  Type = iota
	Email      // e-mail address
	Card       // payment card number
	SSN        // national identity number: US social security, Chinese resident identity
	Phone      // telephone number
	Name       // name of a person
	Text       // free text, by key only

	typeCount
)

// Types is how many types there are, None included: the length of an array
// indexed by Type.
const Types = int(typeCount)

// String is the type's name in files, reports and marks; "" for None.
func (t Type) String() string {
	switch t {
	case Email:
		return "email"
	case Card:
		return "card"
	case SSN:
		return "ssn"
	case Phone:
		return "phone"
	case Name:
		return "name"
	case Text:
		return "text"
	default:
		return ""
	}
}

// ParseType is the type of a name that String returns; false for any other.
func ParseType(name string) (Type, bool) {
	for t := Email; t < typeCount; t++ {
		if t.String() == name {
			return t, true
		}
	}
	return None, false
}

// Set is a set of types.
type Set uint8

// All holds every type but Text, which only keys that a tenant names give.
const All = Set(1<<Text-1) &^ 1

// Has reports whether t is in the set; None never is.
func (s Set) Has(t Type) bool { return t != None && s&(1<<t) != 0 }

// With is the set and t.
func (s Set) With(t Type) Set { return s | 1<<t }

// Span is one finding: text[Start:End] is of the type.
type Span struct {
	Start, End int
	Type       Type
}
