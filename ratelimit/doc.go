// Package ratelimit will lease quotas to several Envoys from one authority.
// Until then limits are counted in the decision call itself, in memory, by
// internal/limit, and kept over restarts: one Envoy needs no more.
package ratelimit
