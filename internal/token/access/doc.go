// Package access reads a tenant's clients.yaml: who gets tokens for which agent,
// how the customer of a ticket is found out, whose tokens of another issuer
// count, and from where tokens are used. It checks everything that the file
// alone can tell; what the tenant's catalogs say is for their reader.
//
// Nothing in the file is a secret: of a client's secret it has the hash.
package access
