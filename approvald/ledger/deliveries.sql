-- What is told about intents outside the Desk: one row an event and channel.
CREATE TABLE deliveries (
	seq         INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant      TEXT    NOT NULL,
	channel     TEXT    NOT NULL,
	event       TEXT    NOT NULL,
	intent      TEXT    NOT NULL,
	version     INTEGER NOT NULL, -- of the intent, after the event
	at          INTEGER NOT NULL,
	state       TEXT    NOT NULL, -- due, done, dead
	attempts    INTEGER NOT NULL,
	next_at     INTEGER NOT NULL, -- due: not before; else when it ended
	owner       TEXT    NOT NULL,
	lease_until INTEGER NOT NULL,
	error       TEXT    NOT NULL,
	reference   TEXT    NOT NULL  -- what the channel calls it
);
CREATE INDEX deliveries_due ON deliveries (state, next_at);
CREATE INDEX deliveries_of_intent ON deliveries (tenant, channel, intent, seq);
