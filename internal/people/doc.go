// Package people reads people.yaml: who answers for a tenant, in which groups.
// A file with any mistake gives nobody, and every mistake at once.
package people
