// Package secret keeps the credentials of tools: in a file encrypted with age,
// and in memory for whoever must never wait. A Value prints as [secret] however
// it is formatted; only Reveal gives it away.
//
// Writers take turns, across processes; a reader sees the file before or after
// a change, never in between. A damaged file, or one whose key is lost, is an
// error at the start; later the last good secrets stay in use.
package secret
