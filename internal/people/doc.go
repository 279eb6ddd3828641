// Package people reads people.yaml: who answers for a tenant, in which groups.
package people
