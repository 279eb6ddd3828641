// Package controlplane gives Envoy its configuration and shows operators what
// became of it. It wires the builders, the delta server and the admin listener;
// tenants are compiled once for the whole process and handed to it.
package controlplane
