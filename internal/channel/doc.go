// Package channel reads channels.yaml: where a tenant's people and systems hear
// of approvals besides the Desk. A file with any mistake gives no channels, and
// every mistake at once. Secrets are named here and stand elsewhere.
package channel
