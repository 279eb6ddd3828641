//go:build !wasm

package siv

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// schedule is one key of AES, ready to encrypt.
type schedule struct {
	cipher cipher.Block
	key    [blockBytes]byte // a block of the key stream
}

// expand makes s that of a key of 16, 24 or 32 bytes.
func (s *schedule) expand(key []byte) (err error) {
	s.cipher, err = aes.NewCipher(key)
	return err
}

// chain encrypts each block of text combined with sum, and leaves it in sum: the
// middle of CMAC. The text is whole blocks.
func (s *schedule) chain(sum *[blockBytes]byte, text []byte) {
	for ; len(text) >= blockBytes; text = text[blockBytes:] {
		subtle.XORBytes(sum[:], sum[:], text)
		s.cipher.Encrypt(sum[:], sum[:])
	}
}

// stream combines text with the key stream that begins at counter. The last 32
// bits of the counter count, and are left as they came to be.
func (s *schedule) stream(counter *[blockBytes]byte, text []byte) {
	for len(text) > 0 {
		s.cipher.Encrypt(s.key[:], counter[:])
		text = text[subtle.XORBytes(text, text, s.key[:]):]
		binary.BigEndian.PutUint32(counter[12:], binary.BigEndian.Uint32(counter[12:])+1)
	}
}
