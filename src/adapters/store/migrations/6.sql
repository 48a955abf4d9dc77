-- Version 6: wrong codes of remote sessions, for the limit of the whole site.
ALTER TABLE attempts ADD COLUMN remote BIGINT NOT NULL DEFAULT 0;
CREATE INDEX attempts_remote_by_time ON attempts (remote, at);
