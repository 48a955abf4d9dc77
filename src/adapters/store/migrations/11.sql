-- Version 11: which old password switched those of remote sessions off, and rang.
ALTER TABLE old_passwords ADD COLUMN rang BIGINT NOT NULL DEFAULT 0;
