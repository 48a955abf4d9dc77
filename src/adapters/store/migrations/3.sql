-- Version 3: "not me", freezes, one-time links, deliveries. Cards, links and deliveries are kept as
-- keyed hashes only.
CREATE TABLE cards (
    card_mac TEXT   NOT NULL PRIMARY KEY,
    sent_to  TEXT   NOT NULL,
    language TEXT,
    reset_id TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    front    TEXT   NOT NULL,
    kiosk    TEXT   NOT NULL,
    sent_at  BIGINT NOT NULL
);
CREATE INDEX cards_by_time ON cards (sent_at);

-- Resets whose employee has said "not me": no change of theirs is asked for any more.
CREATE TABLE objections (
    reset_id TEXT   NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL
);
CREATE INDEX objections_by_time ON objections (at);

CREATE TABLE freezes (
    account TEXT   NOT NULL PRIMARY KEY,
    until   BIGINT NOT NULL
);

CREATE TABLE links (
    token_mac  TEXT   NOT NULL PRIMARY KEY,
    sent_to    TEXT   NOT NULL,
    short_code TEXT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX links_by_end ON links (expires_at);

CREATE TABLE deliveries (
    delivery_mac TEXT   NOT NULL PRIMARY KEY,
    at           BIGINT NOT NULL
);
CREATE INDEX deliveries_by_time ON deliveries (at);

-- How a reset came out is asked for when its employee objects.
CREATE INDEX audit_by_reset ON audit (reset_id);
