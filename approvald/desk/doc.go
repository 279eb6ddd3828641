// Package desk is where people answer: pages for a browser and a JSON API for
// the command line. A person enters with a one-time link; every vote names the
// digest of the arguments that were shown, and whether the person may vote is
// asked again when the vote arrives.
//
// The Desk shows a tenant's intents to that tenant's people alone. It holds no
// state but the links that were used; when it fails, nothing is approved.
package desk
