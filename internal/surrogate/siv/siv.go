// Package siv is AES-SIV (RFC 5297): authenticated encryption that is the same
// for the same input, and so needs no nonce. It is our own because it runs inside
// Envoy for every value that is masked, where Tink's takes eight times as long;
// tests hold it equal to the RFC's vectors and to Tink. The block cipher is
// crypto/aes, but in WebAssembly, which has no instructions for it, one in
// assembly that tests hold equal to crypto/aes.
//
// It allocates nothing but what dst needs.
package siv

import (
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"slices"
)

// Overhead is by how many bytes a sealed text is longer than the plain one.
const Overhead = blockBytes

// blockBytes is how long a block of AES is.
const blockBytes = 16

// ErrOpen says that a text was not sealed with this key and this associated
// data, or is not whole.
var ErrOpen = errors.New("siv: not sealed with this key for this place")

// block is one block of AES, as two numbers whose lowest byte is the first: what
// WebAssembly reads and combines at once.
type block struct{ low, high uint64 }

// Cipher seals and opens. It keeps its buffers between calls, so it MUST NOT be
// used by two goroutines at once.
type Cipher struct {
	mac, ctr schedule
	k1, k2   block // CMAC's subkeys, for a last block that is whole, and for one that is not
	zero     block // CMAC of a zero block, with which every S2V begins
	sum      [blockBytes]byte
	tail     [2 * blockBytes]byte // the last blocks that CMAC reads
}

// Associated is what a text is sealed for, read once. Whoever seals many texts for
// the same keeps it: it is half of the work for a short one.
type Associated struct {
	sum   block
	short block // what a text shorter than a block is combined with, the subkey in it
}

// New returns a Cipher. A key is two keys of AES, one behind the other: 32, 48 or
// 64 bytes.
func New(key []byte) (*Cipher, error) {
	if n := len(key); n != 32 && n != 48 && n != 64 {
		return nil, errors.New("siv: a key has 32, 48 or 64 bytes")
	}
	c := &Cipher{}
	half := len(key) / 2
	if err := errors.Join(c.mac.expand(key[:half]), c.ctr.expand(key[half:])); err != nil {
		return nil, err
	}
	c.mac.chain(&c.sum, c.tail[:blockBytes])
	c.k1 = double(blockOf(c.sum[:]))
	c.k2 = double(c.k1)
	c.cmac(c.tail[:blockBytes], block{})
	c.zero = blockOf(c.sum[:])
	return c, nil
}

// Associate reads what texts are sealed for, in this order.
func (c *Cipher) Associate(data ...[]byte) Associated {
	d := c.zero
	for _, text := range data {
		if len(text) < blockBytes {
			c.last(xor(padded(text), c.k2))
		} else {
			c.cmac(text, block{})
		}
		d = xor(double(d), blockOf(c.sum[:]))
	}
	return Associated{sum: d, short: xor(double(d), c.k1)}
}

// Seal appends plain, sealed for the associated data, to dst: a tag of 16 bytes
// and as many bytes as plain has. What dst has room for must not overlap plain.
func (c *Cipher) Seal(dst, plain []byte, a Associated) []byte {
	from := len(dst)
	dst = slices.Grow(dst, Overhead+len(plain))[:from+Overhead+len(plain)]
	copy(dst[from+Overhead:], plain)
	c.SealInPlace(dst[from:], a)
	return dst
}

// SealInPlace seals text, which stands behind Overhead bytes that become its tag.
func (c *Cipher) SealInPlace(text []byte, a Associated) {
	tag, plain := (*[Overhead]byte)(text), text[Overhead:]
	c.s2v(plain, a)
	*tag = c.sum
	c.crypt(plain)
}

// Open appends what was sealed to dst, or returns dst as it was and ErrOpen.
func (c *Cipher) Open(dst, sealed []byte, a Associated) ([]byte, error) {
	if len(sealed) < Overhead {
		return dst, ErrOpen
	}
	tag := [Overhead]byte(sealed)
	from := len(dst)
	out := append(dst, sealed[Overhead:]...)
	c.sum = tag
	c.crypt(out[from:])
	c.s2v(out[from:], a)
	if subtle.ConstantTimeCompare(c.sum[:], tag[:]) != 1 {
		clear(out[from:])
		return dst, ErrOpen
	}
	return out, nil
}

// s2v leaves the pseudo-random function of the associated data and the text in
// c.sum: section 2.4.
func (c *Cipher) s2v(text []byte, a Associated) {
	if len(text) < blockBytes {
		c.last(xor(padded(text), a.short))
		return
	}
	c.cmac(text, a.sum)
}

// last leaves the CMAC of one block, which has its subkey in it already, in c.sum.
func (c *Cipher) last(b block) {
	c.sum = [blockBytes]byte{}
	b.put(c.tail[:])
	c.mac.chain(&c.sum, c.tail[:blockBytes])
}

// cmac leaves the CMAC of a text of at least one block, whose last 16 bytes are
// combined with end first, in c.sum.
func (c *Cipher) cmac(text []byte, end block) {
	n := len(text)
	last := xor(blockOf(text[n-blockBytes:]), end) // the last bytes, however they are cut into blocks
	c.sum = [blockBytes]byte{}
	rest := uint(n % blockBytes)
	if rest == 0 {
		xor(last, c.k1).put(c.tail[:])
		c.mac.chain(&c.sum, text[:n-blockBytes])
		c.mac.chain(&c.sum, c.tail[:blockBytes])
		return
	}
	whole := n - int(rest) - blockBytes // what stands before the last two blocks
	before := blockOf(text[whole:])
	xor(before, end.up(8*rest)).put(c.tail[:])
	last = last.down(8 * (blockBytes - rest))
	xor(xor(last, block{low: 0x80}.up(8*rest)), c.k2).put(c.tail[blockBytes:])
	c.mac.chain(&c.sum, text[:whole])
	c.mac.chain(&c.sum, c.tail[:])
}

// crypt runs AES-CTR over text from the counter that the tag in c.sum is, with the
// two bits cleared that section 2.5 clears: so 32 bits of it count, and have no
// carry.
func (c *Cipher) crypt(text []byte) {
	c.sum[8] &= 0x7f
	c.sum[12] &= 0x7f
	c.ctr.stream(&c.sum, text)
}

// padded is a text shorter than a block, with the bit behind it that ends it.
func padded(text []byte) block {
	var b [blockBytes]byte
	b[copy(b[:blockBytes-1], text)] = 0x80
	return blockOf(b[:])
}

// blockOf is the first block of b.
func blockOf(b []byte) block {
	return block{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
}

// put writes b to the beginning of dst.
func (b block) put(dst []byte) {
	binary.LittleEndian.PutUint64(dst, b.low)
	binary.LittleEndian.PutUint64(dst[8:], b.high)
}

func xor(a, b block) block { return block{a.low ^ b.low, a.high ^ b.high} }

// up moves bytes towards the end of a block, by less than 128 bits.
func (b block) up(bits uint) block {
	return block{b.low << bits, b.high<<bits | b.low>>(64-bits) | b.low<<(bits-64)}
}

// down moves bytes towards the beginning of a block, by less than 128 bits.
func (b block) down(bits uint) block {
	return block{b.low>>bits | b.high<<(64-bits) | b.high>>(bits-64), b.high >> bits}
}

// double multiplies by x in the field of 2^128, whose highest bit comes first.
func double(b block) block {
	var bytes [blockBytes]byte
	b.put(bytes[:])
	high, low := binary.BigEndian.Uint64(bytes[:]), binary.BigEndian.Uint64(bytes[8:])
	binary.BigEndian.PutUint64(bytes[:], high<<1|low>>63)
	binary.BigEndian.PutUint64(bytes[8:], low<<1^0x87&-(high>>63))
	return blockOf(bytes[:])
}
