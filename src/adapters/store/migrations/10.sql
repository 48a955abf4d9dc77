-- Version 10: what a reset that waits for a second operator is for.
ALTER TABLE approvals ADD COLUMN action TEXT NOT NULL DEFAULT 'desk';
