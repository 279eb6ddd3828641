// Package money holds amounts in ISO 4217 minor units. Two currencies never add or
// compare, and a sum that does not fit into 64 bits is an error. Only Rates convert,
// by a fixed table that somebody wrote down, and only upwards.
//
// The exponents are those of ISO 4217. A provider whose smallest unit differs
// from it must not bring such an amount in here; its catalog refuses those
// currencies.
package money
