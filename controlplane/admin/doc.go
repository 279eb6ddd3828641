// Package admin is the listener for operators: health, metrics, and what became
// of each tenant's newest files. It changes nothing and holds no secret. Health and
// metrics are for whoever reaches it; about tenants it tells who shows a proof.
package admin
