// Package up wires every service into one running gateway: the services in this
// process, Envoy, the analytics engine and the example provider beside it. The
// end-to-end tests boot the same package as the command.
//
// Parts start in the order in which they need each other and stop in reverse.
// A part that ends by itself ends the gateway.
package up
