// Package bodykey seals what the ledger keeps of calls and answers under the key of
// their tenant, which is derived from the gateway's own keys.
//
// What was sealed for one tenant, intent and column opens nowhere else. The newest
// key seals, some seconds after it was made, every older one still opens: a body whose
// key file is gone is lost, in running processes too.
package bodykey
