//go:build linux

package testkit

import "testing"

func TestAddressIsGivenOnce(t *testing.T) {
	var mine, others claims
	address := FreeAddress(t)
	if others.take(address) {
		t.Error("an address was given twice")
	}
	if !mine.take(address+"0") || others.take(address+"0") {
		t.Error("a claim is not one alone")
	}
}
