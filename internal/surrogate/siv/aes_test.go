package siv

import (
	"crypto/aes"
	"crypto/cipher"
	"math/rand/v2"
	"testing"
)

// The block cipher is crypto/aes, for keys of all sizes, chained and as a stream.
func TestScheduleIsAES(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	for n := range 3_000 {
		var sum, counter [blockBytes]byte
		key, text := make([]byte, 16+n%3*8), make([]byte, n%100)
		for _, b := range [][]byte{key, text, sum[:], counter[:]} {
			_, _ = random.Read(b)
		}
		counter[12] &= 0x7f // as SIV does: nothing is carried out of the last four bytes
		reference, err := aes.NewCipher(key)
		var s schedule
		if err != nil || s.expand(key) != nil {
			t.Fatal(err)
		}

		whole := text[:len(text)/blockBytes*blockBytes]
		wantSum := sum
		for at := 0; at < len(whole); at += blockBytes {
			for i := range wantSum {
				wantSum[i] ^= whole[at+i]
			}
			reference.Encrypt(wantSum[:], wantSum[:])
		}
		if s.chain(&sum, whole); sum != wantSum {
			t.Fatalf("%d bytes under %x chain to %x, want %x", len(whole), key, sum, wantSum)
		}

		room, want := make([]byte, len(text)+1), make([]byte, len(text)+1) // and a byte that stays
		copy(room, text)
		cipher.NewCTR(reference, counter[:]).XORKeyStream(want, text)
		if s.stream(&counter, room[:len(text)]); string(room) != string(want) {
			t.Fatalf("%d bytes under %x are %x, want %x", len(text), key, room, want)
		}
	}
}

func TestScheduleRefusesOtherKeys(t *testing.T) {
	for _, n := range []int{0, 15, 17, 33, 64} {
		if new(schedule).expand(make([]byte, n)) == nil {
			t.Errorf("a key of %d bytes was taken", n)
		}
	}
}

func BenchmarkChain(b *testing.B) {
	var s schedule
	if err := s.expand(make([]byte, 16)); err != nil {
		b.Fatal(err)
	}
	var sum [blockBytes]byte
	text := make([]byte, 4*blockBytes)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.chain(&sum, text)
	}
}
