-- Version 2: a picture that an employee's phone has opened. `claim_reset` is the reset it begins,
-- NULL while nobody has scanned it.
ALTER TABLE pairings ADD COLUMN claim_reset   TEXT;
ALTER TABLE pairings ADD COLUMN claim_account TEXT;
ALTER TABLE pairings ADD COLUMN claim_dn      TEXT;
ALTER TABLE pairings ADD COLUMN claim_to      TEXT;
ALTER TABLE pairings ADD COLUMN claim_expires BIGINT;
CREATE INDEX pairings_by_short_code ON pairings (short_code_mac);
