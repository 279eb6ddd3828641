// Package secret keeps the credentials of tools: in a file encrypted with age,
// and in memory for whoever must never wait. A Value prints as [secret] however
// it is formatted; only Reveal gives it away.
package secret
