-- What was asked before each change by a person.
ALTER TABLE intents ADD COLUMN edits INTEGER NOT NULL DEFAULT 0; -- how many there are
CREATE TABLE edits (
	seq    INTEGER PRIMARY KEY AUTOINCREMENT,
	intent INTEGER NOT NULL REFERENCES intents (seq),
	place  INTEGER NOT NULL, -- from 0, in the order they were made
	person TEXT    NOT NULL,
	digest TEXT    NOT NULL,
	args   BLOB    NOT NULL, -- canonical JSON, sealed
	at     INTEGER NOT NULL,
	UNIQUE (intent, place)
);
