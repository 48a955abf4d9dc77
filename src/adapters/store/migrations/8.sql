-- Version 8: old passwords that were tried, for the sliding limits; and intents to unlock.
CREATE TABLE old_passwords (
    reset_id TEXT   NOT NULL,
    number   BIGINT NOT NULL,
    subject  TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    remote   BIGINT NOT NULL,
    PRIMARY KEY (reset_id, number)
);
CREATE INDEX old_passwords_by_subject ON old_passwords (subject, at);
CREATE INDEX old_passwords_by_time ON old_passwords (at);
CREATE INDEX old_passwords_remote_by_time ON old_passwords (remote, at);

ALTER TABLE intents ADD COLUMN act TEXT NOT NULL DEFAULT 'set_password';
