-- What a key adds up to, so that a sum is read without its parts: what is reserved
-- now, and all that was ever committed. reservations.ahead is what was committed
-- under the key and in the currency before this part was; of the others it means
-- nothing.
CREATE TABLE totals (
	tenant    TEXT    NOT NULL,
	name      TEXT    NOT NULL, -- Reservation.Key
	currency  TEXT    NOT NULL,
	reserved  INTEGER NOT NULL,
	committed INTEGER NOT NULL,
	PRIMARY KEY (tenant, name, currency)
);
INSERT INTO totals (tenant, name, currency, reserved, committed)
	SELECT tenant, name, currency, SUM(CASE state WHEN 'reserved' THEN minor ELSE 0 END), SUM(CASE state WHEN 'committed' THEN minor ELSE 0 END)
	FROM reservations WHERE state <> 'released' GROUP BY tenant, name, currency;

ALTER TABLE reservations ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
UPDATE reservations SET ahead = upto.minor - reservations.minor FROM (
	SELECT intent, sum, name, SUM(minor) OVER (PARTITION BY tenant, name, currency ORDER BY made_at, intent, sum) AS minor
	FROM reservations WHERE state = 'committed'
) AS upto WHERE reservations.intent = upto.intent AND reservations.sum = upto.sum AND reservations.name = upto.name;
DROP INDEX reservations_of_sum;
CREATE INDEX reservations_in_time ON reservations (tenant, name, currency, made_at, ahead) WHERE state = 'committed';
