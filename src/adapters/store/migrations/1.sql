-- Version 1. Portable to PostgreSQL but for BYTEA. Times are milliseconds since 1970.

-- The one code of each reset. `judged` and `issued` count over all codes of the reset.
CREATE TABLE codes (
    reset_id   TEXT    NOT NULL PRIMARY KEY,
    subject    TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    front      TEXT    NOT NULL,
    kiosk      TEXT    NOT NULL,
    mac        BLOB    NOT NULL,
    issued_at  BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    issued     BIGINT  NOT NULL,
    judged     BIGINT  NOT NULL,
    used       BIGINT  NOT NULL
);
CREATE INDEX codes_by_end ON codes (expires_at);
CREATE INDEX codes_by_subject ON codes (subject);

-- Each message with a code, for the budget.
CREATE TABLE messages (
    reset_id TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    subject  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (reset_id, number)
);
CREATE INDEX messages_by_subject ON messages (subject, at);
CREATE INDEX messages_by_time ON messages (at);

-- Each judged code that was not right, for the sliding limit.
CREATE TABLE attempts (
    reset_id TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    subject  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (reset_id, number)
);
CREATE INDEX attempts_by_subject ON attempts (subject, at);
CREATE INDEX attempts_by_time ON attempts (at);

-- Wrong codes in a row, for ever.
CREATE TABLE subjects (
    subject        TEXT   NOT NULL PRIMARY KEY,
    wrong_in_a_row BIGINT NOT NULL
);

CREATE TABLE kiosks (
    kiosk  TEXT             NOT NULL PRIMARY KEY,
    tokens DOUBLE PRECISION NOT NULL,
    at     BIGINT           NOT NULL
);

CREATE TABLE audit (
    seq      BIGINT NOT NULL PRIMARY KEY,
    time     BIGINT NOT NULL,
    event    TEXT   NOT NULL,
    reset_id TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    front    TEXT   NOT NULL,
    kiosk    TEXT   NOT NULL,
    result   TEXT   NOT NULL,
    mac      TEXT   NOT NULL
);

-- Changes without a final outcome. `owner` is the process that asked, `claimed_by` the one that
-- looks at it.
CREATE TABLE intents (
    reset_id      TEXT   NOT NULL PRIMARY KEY,
    account       TEXT   NOT NULL,
    dn            TEXT   NOT NULL,
    server        TEXT   NOT NULL,
    entry_mark    TEXT   NOT NULL,
    password_mark TEXT   NOT NULL,
    front         TEXT   NOT NULL,
    kiosk         TEXT   NOT NULL,
    notify        TEXT,
    language      TEXT,
    proved_at     BIGINT NOT NULL,
    opened_at     BIGINT NOT NULL,
    owner         TEXT   NOT NULL,
    is_unknown    BIGINT NOT NULL,
    looks         BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    claimed_by    TEXT   NOT NULL,
    claimed_at    BIGINT NOT NULL
);
CREATE INDEX intents_by_due ON intents (due_at);

CREATE INDEX intents_by_account ON intents (account);

-- When each account was last changed: a proof from before is dead.
CREATE TABLE changes (
    account    TEXT   NOT NULL PRIMARY KEY,
    changed_at BIGINT NOT NULL
);

-- Pictures at kiosks. Nonce and short code are kept as keyed hashes only.
CREATE TABLE pairings (
    nonce_mac      TEXT   NOT NULL PRIMARY KEY,
    short_code_mac TEXT   NOT NULL,
    visit          TEXT   NOT NULL,
    front          TEXT   NOT NULL,
    kiosk          TEXT   NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX pairings_by_visit ON pairings (visit);
CREATE INDEX pairings_by_end ON pairings (expires_at);
