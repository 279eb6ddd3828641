//go:build !race

package approvald_test

// fewer divides numbers of calls under the race detector.
const fewer = 1
