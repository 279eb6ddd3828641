package mask

import "github.com/sallyport/sallyport/internal/pii"

// names finds the names in a string that no single byte makes suspicious.
func (w *walk) names(start, end int, k key) {
	text := w.src[start:end]
	if (len(text) >= shortestProse || len(text) >= shortestPhrase && hasByte(shortWord(w.src, start, end), ' ')) && w.m.policy.Types.Has(pii.Name) && pii.TellsName(text) {
		w.scan(start, decoded{text: text}, k)
	}
}
