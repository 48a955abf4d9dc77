-- Version 9: intents beside which another one's outcome stayed unknown for good.
ALTER TABLE intents ADD COLUMN contested BIGINT NOT NULL DEFAULT 0;
