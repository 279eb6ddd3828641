// Package keyring holds the gateway's own keys, one file each, by purpose. The
// purposes are a closed list, and a key is never used for another one: what was
// sealed as an admission cannot be opened as an order.
//
// Files are readable by their owner alone; a key file that others can read, or that
// is damaged, stops the start. A purpose may have several keys, numbered, of which
// the newest counts:
//
//   - Signing keys (tokens, orders and the like): the newest signs, once every process
//     that follows the folder has had the time to read it. An older one verifies until
//     nothing that it signed can still be valid, or until it is withdrawn.
//   - The keys of surrogates and of bodies seal: the newest seals, every older one
//     opens what it sealed. They are followed like signing keys: a new one opens as
//     soon as it is read and seals some seconds later, when every process can open
//     what it sealed. One whose file is gone opens nothing any more.
//   - Of all other secrets only the newest is used, from the next start on. A new
//     desk-session key ends every session at the Desk. A new provider-key changes the
//     idempotency keys of effects whose outcome is unknown: add one only while there
//     are none.
package keyring
