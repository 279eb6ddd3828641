package ledger

import "strings"

// What begins the business key of an effect that the gateway makes because of
// another one; no tool's name begins so.
const (
	undoes  = "sallyport/undo/"
	follows = "sallyport/after/"
)

// AfterChannel is the channel over which the gateway hears itself that something
// follows on an effect; no channel of a tenant is named so.
const AfterChannel = "sallyport/after"

// UndoKey is the business key of the one undo of an intent.
func UndoKey(intent string) string { return undoes + intent }

// Undoes is the id of the intent that this one undoes, "" for none.
func (i Intent) Undoes() string { return because(undoes, i) }

// AfterKey is the business key of the one effect that follows on an intent which
// ended in a state.
func AfterKey(intent string, ended State) string { return follows + intent + "/" + string(ended) }

// Follows is the id of the intent that this one follows on, "" for none.
func (i Intent) Follows() string {
	first, _, _ := strings.Cut(because(follows, i), "/")
	return first
}

func because(why string, i Intent) string {
	first, ok := strings.CutPrefix(i.BusinessKey, why)
	if !ok {
		return ""
	}
	return first
}
