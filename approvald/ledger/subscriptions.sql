-- Browsers in which people want to be told, by Web Push.
CREATE TABLE subscriptions (
	id      TEXT    NOT NULL PRIMARY KEY, -- the channel of its deliveries
	tenant  TEXT    NOT NULL,
	person  TEXT    NOT NULL,
	claims  TEXT    NOT NULL, -- JSON: what a provider calls the person's groups
	push    BLOB    NOT NULL, -- address and keys, sealed
	made_at INTEGER NOT NULL
);
CREATE INDEX subscriptions_of_tenant ON subscriptions (tenant, person);
