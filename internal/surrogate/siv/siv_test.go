package siv_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tink-crypto/tink-go/v2/daead/subtle"

	"github.com/sallyport/sallyport/internal/surrogate/siv"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newCipher(t testing.TB, key []byte) *siv.Cipher {
	t.Helper()
	c, err := siv.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The vectors of RFC 5297, appendix A.
func TestVectors(t *testing.T) {
	for name, v := range map[string]struct {
		key, plain, sealed string
		associated         []string
	}{
		"A.1 deterministic": {
			key:        "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
			associated: []string{"101112131415161718191a1b1c1d1e1f2021222324252627"},
			plain:      "112233445566778899aabbccddee",
			sealed:     "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c",
		},
		"A.2 with a nonce": {
			key: "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
			associated: []string{
				"00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
				"102030405060708090a0", "09f911029d74e35bd84156c5635688c0",
			},
			plain:  "7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553",
			sealed: "7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCipher(t, unhex(t, v.key))
			var associated [][]byte
			for _, a := range v.associated {
				associated = append(associated, unhex(t, a))
			}
			got := c.Seal([]byte("kept"), unhex(t, v.plain), c.Associate(associated...))
			if diff := cmp.Diff("kept"+string(unhex(t, v.sealed)), string(got)); diff != "" {
				t.Error(diff)
			}
			plain, err := c.Open([]byte("kept"), got[4:], c.Associate(associated...))
			if err != nil || string(plain) != "kept"+string(unhex(t, v.plain)) {
				t.Errorf("opened %x, %v", plain, err)
			}
		})
	}
}

// random is n bytes, the same in every run.
func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// Tink takes one associated text and keys of 64 bytes.
func TestEqualsTink(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 300 { // the longest that a surrogate seals has 264 bytes
		key, plain, associated := random(r, 64), random(r, n), random(r, r.IntN(70))
		reference, err := subtle.NewAESSIV(key)
		if err != nil {
			t.Fatal(err)
		}
		want, err := reference.EncryptDeterministically(plain, associated)
		if err != nil {
			t.Fatal(err)
		}
		c := newCipher(t, key)
		if got := c.Seal(nil, plain, c.Associate(associated)); !bytes.Equal(got, want) {
			t.Fatalf("%d bytes:\n got %x\nwant %x", n, got, want)
		}
		if opened, err := c.Open(nil, want, c.Associate(associated)); err != nil || !bytes.Equal(opened, plain) {
			t.Fatalf("%d bytes opened as %x, %v", n, opened, err)
		}
	}
}

// Whatever is changed, nothing opens, and nothing of the text is left behind.
func TestOpenRefuses(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	key, plain := random(r, 32), []byte("ada@example.com, and some more of it")
	c := newCipher(t, key)
	sealed := c.Seal(nil, plain, c.Associate([]byte("acme"), []byte("email")))
	refused := func(name string, c *siv.Cipher, sealed []byte, associated ...[]byte) {
		t.Helper()
		room := make([]byte, 0, 100)
		got, err := c.Open(room, sealed, c.Associate(associated...))
		if !errors.Is(err, siv.ErrOpen) || len(got) != 0 || bytes.Contains(room[:cap(room)], []byte("ada")) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for i := range len(sealed) * 8 {
		flipped := bytes.Clone(sealed)
		flipped[i/8] ^= 1 << (i % 8)
		refused("one bit", c, flipped, []byte("acme"), []byte("email"))
	}
	for n := range sealed {
		refused("cut off", c, sealed[:n], []byte("acme"), []byte("email"))
	}
	refused("another tenant", c, sealed, []byte("globex"), []byte("email"))
	refused("joined", c, sealed, []byte("acmeemail"))
	refused("fewer", c, sealed, []byte("acme"))
	refused("more", c, sealed, []byte("acme"), []byte("email"), nil)
	refused("another key", newCipher(t, random(r, 32)), sealed, []byte("acme"), []byte("email"))
}

func TestKeysOfOtherSizes(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 65, 128} {
		if _, err := siv.New(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes was taken", n)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	c := newCipher(t, make([]byte, 32))
	room, plain, place := make([]byte, 0, 128), []byte("4242424242424242"), []byte("acme/card")
	if n := testing.AllocsPerRun(100, func() {
		sealed := c.Seal(room, plain, c.Associate(place))
		if _, err := c.Open(sealed, sealed, c.Associate(place)); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSeal(b *testing.B) {
	c := newCipher(b, make([]byte, 64))
	room, plain, place := make([]byte, 0, 128), []byte("ada@example.com"), []byte("acme/ses_1/email")
	for b.Loop() {
		c.Seal(room, plain, c.Associate(place))
	}
}

func BenchmarkTink(b *testing.B) {
	c, err := subtle.NewAESSIV(make([]byte, 64))
	if err != nil {
		b.Fatal(err)
	}
	plain, place := []byte("ada@example.com"), []byte("acme/ses_1/email")
	for b.Loop() {
		if _, err := c.EncryptDeterministically(plain, place); err != nil {
			b.Fatal(err)
		}
	}
}
