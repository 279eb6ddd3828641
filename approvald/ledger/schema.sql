-- Times are microseconds since 1970 in UTC, 0 is no time.
CREATE TABLE intents (
	seq             INTEGER PRIMARY KEY AUTOINCREMENT,
	id              TEXT    NOT NULL UNIQUE,
	version         INTEGER NOT NULL,
	state           TEXT    NOT NULL,
	tenant          TEXT    NOT NULL,
	agent           TEXT    NOT NULL,
	session         TEXT    NOT NULL,
	ticket          TEXT    NOT NULL,
	customer        TEXT    NOT NULL,
	roles           TEXT,             -- JSON; NULL narrows nothing, [] leaves no role
	token_id        TEXT    NOT NULL,
	token_issued_at INTEGER NOT NULL,
	token_expires   INTEGER NOT NULL,
	decision        TEXT    NOT NULL,
	tool            TEXT    NOT NULL,
	action          TEXT    NOT NULL,
	args            BLOB    NOT NULL, -- canonical JSON
	client_key      TEXT    NOT NULL,
	digest          TEXT    NOT NULL,
	facts           BLOB    NOT NULL, -- canonical JSON
	business_key    TEXT    NOT NULL,
	occurrence      INTEGER NOT NULL,
	earlier         TEXT    NOT NULL,
	attempt         INTEGER NOT NULL,
	amount          INTEGER NOT NULL,
	currency        TEXT    NOT NULL,
	bundle          TEXT    NOT NULL,
	rule            TEXT    NOT NULL,
	hold_group      TEXT    NOT NULL,
	hold_votes      INTEGER NOT NULL, -- 0: no hold
	reason          TEXT    NOT NULL,
	say             TEXT    NOT NULL,
	created_at      INTEGER NOT NULL,
	updated_at      INTEGER NOT NULL,
	due_at          INTEGER NOT NULL,
	not_before      INTEGER NOT NULL,
	lease_owner     TEXT    NOT NULL,
	lease_until     INTEGER NOT NULL,
	send_before     INTEGER NOT NULL,
	sent_at         INTEGER NOT NULL,
	target          TEXT    NOT NULL,
	outcome_status  INTEGER,          -- NULL: no outcome
	outcome_type    TEXT    NOT NULL,
	outcome_body    BLOB    NOT NULL,
	outcome_at      INTEGER NOT NULL,
	delivered       INTEGER NOT NULL,
	wake_at         INTEGER           -- when Claim must look at it; NULL: never
);
CREATE INDEX intents_of_tenant ON intents (tenant, seq);
CREATE INDEX intents_to_wake ON intents (wake_at) WHERE wake_at IS NOT NULL;

CREATE TABLE votes (
	seq     INTEGER PRIMARY KEY AUTOINCREMENT,
	intent  INTEGER NOT NULL REFERENCES intents (seq),
	person  TEXT    NOT NULL,
	approve INTEGER NOT NULL,
	digest  TEXT    NOT NULL,
	reason  TEXT    NOT NULL,
	at      INTEGER NOT NULL,
	UNIQUE (intent, person)
);

-- Every key an intent ever had. The newest intent of a key is the one that counts.
CREATE TABLE aliases (
	tenant  TEXT    NOT NULL,
	agent   TEXT    NOT NULL,
	session TEXT    NOT NULL,
	tool    TEXT    NOT NULL,
	kind    TEXT    NOT NULL, -- business, client
	name    TEXT    NOT NULL,
	intent  INTEGER NOT NULL REFERENCES intents (seq),
	asked   TEXT    NOT NULL, -- digest of the call that used the key, before it was resolved
	PRIMARY KEY (tenant, agent, session, tool, kind, name, intent)
);

CREATE TABLE reservations (
	intent   INTEGER NOT NULL REFERENCES intents (seq),
	tenant   TEXT    NOT NULL,
	sum      TEXT    NOT NULL,
	name     TEXT    NOT NULL, -- Reservation.Key
	minor    INTEGER NOT NULL,
	currency TEXT    NOT NULL,
	made_at  INTEGER NOT NULL, -- when it got its state
	state    TEXT    NOT NULL, -- reserved, committed, released
	PRIMARY KEY (intent, sum, name)
);
CREATE INDEX reservations_of_sum ON reservations (tenant, name, made_at);

CREATE TABLE outbox (
	seq      INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	tenant   TEXT    NOT NULL,
	decision TEXT    NOT NULL,
	intent   TEXT    NOT NULL,
	version  INTEGER NOT NULL,
	state    TEXT    NOT NULL,
	actor    TEXT    NOT NULL,
	reason   TEXT    NOT NULL,
	action   TEXT    NOT NULL,
	digest   TEXT    NOT NULL,
	amount   INTEGER NOT NULL,
	currency TEXT    NOT NULL
);
