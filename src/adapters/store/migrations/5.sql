-- Version 5: reminders. A row is there before its message goes out; `is_ended` 1: what became of it
-- is in the audit record.
CREATE TABLE reminders (
    account  TEXT   NOT NULL,
    ends_at  BIGINT NOT NULL,
    step     BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    is_ended BIGINT NOT NULL,
    PRIMARY KEY (account, ends_at, step)
);
CREATE INDEX reminders_by_time ON reminders (begun_at);
CREATE INDEX reminders_by_end ON reminders (ends_at);
