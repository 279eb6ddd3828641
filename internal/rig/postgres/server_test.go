package postgres

import "testing"

// A commit is on the standby when it is told, and there after the promotion.
func TestAStandbyIsPromoted(t *testing.T) {
	primary := Start(t)
	primary.Exec(t, "CREATE TABLE t (n BIGINT)")
	standby := primary.Standby(t)
	primary.Exec(t, "INSERT INTO t VALUES (7)")
	primary.Kill()
	standby.Promote(t)
	if got := standby.Exec(t, "INSERT INTO t VALUES (8); SELECT sum(n) FROM t"); got != "15" && got != "INSERT 0 1\n15" {
		t.Errorf("got %q", got)
	}
	standby.Kill()
	standby.Run(t)
	if got := standby.Exec(t, "SELECT sum(n) FROM t"); got != "15" {
		t.Errorf("after a kill: %q", got)
	}
}
