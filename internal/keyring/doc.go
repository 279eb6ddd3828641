// Package keyring holds the gateway's own keys, one file each, by purpose. The
// purposes are a closed list, and a key is never used for another one: what was
// sealed as an admission cannot be opened as an order.
//
// Files are readable by their owner alone; a key file that others can read, or
// that is damaged, stops the start. Older keys of a purpose still verify, the
// newest signs.
package keyring
