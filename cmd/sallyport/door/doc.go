// Package door is what `sallyport run` puts between a program and the gateway: a
// loopback listener that takes the program's placeholder key and adds a fresh
// token to every call. The program's SDKs set their key once; the tokens behind
// it are renewed before they end.
//
// The placeholder is a secret of one run: another user's program that finds the
// door cannot pass it. The door leads to one gateway and nowhere else.
package door
