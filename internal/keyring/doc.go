// Package keyring holds the gateway's own keys, one file each, by purpose. The
// purposes are a closed list, and a key is never used for another one: what was
// sealed as an admission cannot be opened as an order.
//
// Files are readable by their owner alone; a key file that others can read, or
// that is damaged, stops the start. The newest signing key of a purpose signs, once
// every process has had the time to read it; an older one verifies until
// nothing that it signed can still be valid, or until it is withdrawn.
//
// Of an HMAC key only the newest is used, but for surrogates and bodies,
// which older keys still open. That of surrogates follows the folder as those that sign
// do: a new one opens as soon as it is read, and seals some seconds later, when every
// process can open what it sealed. A new desk-session key ends every
// session at the Desk. A new provider-key changes the idempotency keys of
// effects whose outcome is unknown: add one only while there are none.
package keyring
