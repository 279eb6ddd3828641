package siv

import (
	"crypto/aes"
	"encoding/binary"
	"math/bits"
)

// WebAssembly has no instructions for AES, so both crypto/aes and this look each
// byte up in tables: which parts of a table are in the processor's caches depends
// on the key and the text. Here it is one table of 2 KiB for all rounds, where
// crypto/aes has four of 1 KiB and its S-box. What is gained is the loop over rounds
// and blocks: WebAssembly that Go compiles jumps back through a table of its own at
// every turn, and checks every index.

// schedule is one key of AES, ready to encrypt.
type schedule struct {
	keys  [4 * (14 + 1)]uint32 // of the rounds, little endian
	pairs int                  // of rounds, before the last two
}

// table is what a byte becomes in a round: the column of MixColumns, twice, so that
// reading from another place in it turns it. Its second byte is that of the S-box.
var table = func() (t [256]uint64) {
	// p runs through the field by multiplying by 3, q by dividing: q is p's inverse.
	p, q := byte(1), byte(1)
	for range 255 {
		p ^= double8(p)
		q ^= q << 1
		q ^= q << 2
		q ^= q << 4
		q ^= 0x09 & -(q >> 7)
		t[p] = column(q ^ bits.RotateLeft8(q, 1) ^ bits.RotateLeft8(q, 2) ^ bits.RotateLeft8(q, 3) ^ bits.RotateLeft8(q, 4) ^ 0x63)
	}
	t[0] = column(0x63)
	return t
}()

func double8(b byte) byte { return b<<1 ^ 0x1b&-(b>>7) }

func column(s byte) uint64 {
	d := double8(s)
	c := uint64(d) | uint64(s)<<8 | uint64(s)<<16 | uint64(d^s)<<24
	return c<<32 | c
}

// substitute is the S-box of each byte.
func substitute(w uint32) (out uint32) {
	for n := 0; n < 32; n += 8 {
		out |= uint32(byte(table[byte(w>>n)]>>8)) << n
	}
	return out
}

// expand makes s that of a key of 16, 24 or 32 bytes.
func (s *schedule) expand(key []byte) error {
	words := len(key) / 4
	if words != 4 && words != 6 && words != 8 || len(key)%4 != 0 {
		return aes.KeySizeError(len(key))
	}
	rounds, round := words+6, byte(1)
	s.pairs = rounds/2 - 1
	for i := range 4 * (rounds + 1) {
		if i < words {
			s.keys[i] = binary.LittleEndian.Uint32(key[4*i:])
			continue
		}
		w := s.keys[i-1]
		switch {
		case i%words == 0:
			w = substitute(bits.RotateLeft32(w, -8)) ^ uint32(round)
			round = double8(round)
		case i%words == 4 && words > 6:
			w = substitute(w)
		}
		s.keys[i] = s.keys[i-words] ^ w
	}
	return nil
}

// chain encrypts each block of text combined with sum, and leaves it in sum: the
// middle of CMAC. The text is whole blocks.
func (s *schedule) chain(sum *[blockBytes]byte, text []byte) {
	if len(text) >= blockBytes {
		chain(&s.keys[0], s.pairs, sum, &text[0], len(text)/blockBytes)
	}
}

// stream combines text with the key stream that begins at counter. The last 32
// bits of the counter count.
func (s *schedule) stream(counter *[blockBytes]byte, text []byte) {
	if len(text) > 0 {
		stream(&s.keys[0], s.pairs, counter, &text[0], len(text))
	}
}

//go:noescape
func chain(keys *uint32, pairs int, sum *[blockBytes]byte, text *byte, blocks int)

//go:noescape
func stream(keys *uint32, pairs int, counter *[blockBytes]byte, text *byte, size int)
