// Package admin is the listener for operators: health, metrics, and what became
// of each tenant's newest files. It changes nothing and holds no secret.
package admin
