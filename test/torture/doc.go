// Package torture breaks the parts of a running gateway at random points, over
// and over, and counts at the provider what was done: approvald in a process of
// its own, the real Envoy, the ledger on SQLite and on Postgres with a standby.
//
//	ROUNDS=1000 SALLYPORT_SEED=7 go test ./test/torture -timeout 3h -v
//
// A round has one effect that goes through at once, one that a person approves,
// and two of one sum of which only one may go through; agents repeat their calls
// until they are told. After some rounds everything is let go on for as long as
// leases last, and counted: an effect that an agent was told of, or asked for to
// the end, and that is not there is lost; one that is there twice is duplicate; a
// sum that went through without a person and must not have is over.
//
// Everything that is left to chance comes from the seed, except what the machine
// does meanwhile. A seed that failed is added to testdata/seeds.
package torture
