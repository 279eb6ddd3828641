package grant

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"testing"
)

// MACs are made again and again by what has taken in a key: never by one that
// has taken in another, nor what was asked before.
func TestAuthenticateTakesTheKeyItIsGiven(t *testing.T) {
	keys := [][]byte{bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 200 {
				key, text := keys[(worker+i/3)%2], bytes.Repeat([]byte{byte(i)}, i)
				plain := hmac.New(sha256.New, key)
				plain.Write(text)
				if want := plain.Sum(nil); !bytes.Equal(authenticate(key, text), want) {
					t.Errorf("the MAC of %d bytes is another one", i)
				}
			}
		})
	}
	all.Wait()
}
