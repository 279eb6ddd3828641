package ledger

import "strings"

// undoes begins the business key of an undo; no tool's name begins so.
const undoes = "sallyport/undo/"

// UndoKey is the business key of the one undo of an intent.
func UndoKey(intent string) string { return undoes + intent }

// Undoes is the id of the intent that this one undoes, "" for none.
func (i Intent) Undoes() string {
	first, ok := strings.CutPrefix(i.BusinessKey, undoes)
	if !ok {
		return ""
	}
	return first
}
