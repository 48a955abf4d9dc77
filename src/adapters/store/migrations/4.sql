-- Version 4: alarms that nobody has heard yet.
CREATE TABLE alarms (
    reset_id TEXT   NOT NULL,
    what     TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    front    TEXT   NOT NULL,
    kiosk    TEXT   NOT NULL,
    owed_at  BIGINT NOT NULL,
    due_at   BIGINT NOT NULL,
    PRIMARY KEY (reset_id, what)
);
CREATE INDEX alarms_by_due ON alarms (due_at);
