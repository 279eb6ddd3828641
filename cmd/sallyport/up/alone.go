package up

import (
	"github.com/sallyport/sallyport/extauthz"
	"github.com/sallyport/sallyport/internal/audit"
)

// alone is the mode of extauthz for somebody's own Envoy. What it opens is said
// when it starts.
func (b *base) alone() *extauthz.Alone {
	if !b.config.OwnEnvoy {
		return nil
	}
	b.config.Logger.Warn("There is no mediated lane: calls that need facts, people or the ledger are refused", "setting", "own-envoy")
	if b.config.EffectsDirect {
		b.config.Logger.Warn("Effects go to tools as agents send them, and nothing makes them happen once", "setting", "allow-effects-direct")
	}
	return &extauthz.Alone{EffectsDirect: b.config.EffectsDirect}
}

// shipAlone sends the records of a check that nobody else looks after. Without
// an engine they stay in the spool until it is full, and then calls are refused.
func (b *base) shipAlone(ps *parts) error {
	switch {
	case !b.config.OwnEnvoy:
		return nil
	case b.config.ClickHouseURL == "":
		b.config.Logger.Warn("Records are not shipped: the spool takes them until it is full, and then calls are refused", "setting", "clickhouse-url", "bytes", spoolQuota)
		return nil
	}
	shipper, err := audit.NewShipper(audit.ShipperOptions{
		Dirs:       []string{b.paths.spool(Extauthz)},
		ClickHouse: audit.ClickHouseOptions{URL: b.config.ClickHouseURL, Database: "audit"},
		Clock:      b.config.Clock, Logger: b.config.Logger,
	})
	if err != nil {
		return err
	}
	b.watchShipper(shipper)
	ps.start("shipper", shipper.Run)
	return nil
}
