// Package postgres runs real Postgres servers for tests: on a free port, in a
// folder of their own, as a user that is not root, with standbys that can be
// promoted. Only tests import it.
package postgres
