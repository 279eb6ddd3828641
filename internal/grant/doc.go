// Package grant seals and opens the gateway's two statements. The admission is
// extauthz's word to approvald about what was asked, under a MAC; the order is
// approvald's word to the execute check about which bytes to send now, signed.
// Each has its own key and its own purpose inside the sealed bytes, so that
// neither can ever stand for the other.
//
// Opening checks purpose, key, signature, expiry and digest before it returns
// anything.
package grant
