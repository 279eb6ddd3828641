//go:build race

package approvald_test

// fewer divides numbers of calls: the race detector makes each far dearer.
const fewer = 10
