package pii

// Type is a kind of personal data. The zero Type is none.
type Type uint8

// The types. Text is never found by its shape: it is for members whose whole
// value a tenant wants hidden.
const (
	None          Type = iota
	Email              // e-mail address
	Card               // payment card number
	SSN                // US social security number, or taxpayer number in its place
	Phone              // telephone number
	Name               // name of a person
	IBAN               // international bank account number
	BankAccount        // national bank account or routing number
	ResidentID         // Chinese resident identity number
	Aadhaar            // Indian identity number
	PAN                // Indian taxpayer number
	NHS                // patient number of the UK's health service
	NINO               // UK national insurance number
	Passport           // passport number
	Licence            // driving licence number
	MedicalRecord      // number of a patient's record
	Birthdate          // date of birth
	Address            // postal address
	IP                 // internet address, of either version
	WeChat             // WeChat id
	Secret             // key, token or password
	Text               // free text, by key only

	typeCount
)

// Types is how many types there are, None included: the length of an array
// indexed by Type.
const Types = int(typeCount)

// names are the types in files, reports and marks.
var names = [Types]string{
	None: "", Email: "email", Card: "card", SSN: "ssn", Phone: "phone", Name: "name", IBAN: "iban", BankAccount: "bank_account",
	ResidentID: "resident_id", Aadhaar: "aadhaar", PAN: "pan", NHS: "nhs_number", NINO: "nino", Passport: "passport",
	Licence: "licence", MedicalRecord: "medical_record", Birthdate: "birthdate", Address: "address", IP: "ip", WeChat: "wechat",
	Secret: "secret", Text: "text",
}

// String is the type's name in files, reports and marks; "" for None.
func (t Type) String() string {
	if t >= typeCount {
		return ""
	}
	return names[t]
}

// ParseType is the type of a name that String returns; false for any other.
func ParseType(name string) (Type, bool) {
	for t := Email; t < typeCount; t++ {
		if names[t] == name {
			return t, true
		}
	}
	return None, false
}

// Set is a set of types.
type Set uint32

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
