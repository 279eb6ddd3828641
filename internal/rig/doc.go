// Package rig boots a whole gateway for tests: the same wiring as `sallyport
// up`, the real Envoy, the real analytics engine and the example provider, on
// free ports, in a folder of its own and with a clock that tests can move. Two
// rigs run side by side. Only tests import it.
package rig
