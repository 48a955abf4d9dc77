-- Version 7: IT support's desk. What operators did, for their limits; resets that wait for a
-- second operator; the records of one account, which the desk shows.
CREATE TABLE operator_deeds (
    kind     TEXT   NOT NULL,
    operator TEXT   NOT NULL,
    account  TEXT   NOT NULL,
    refused  BIGINT NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX operator_deeds_by_operator ON operator_deeds (operator, kind, at);
CREATE INDEX operator_deeds_by_time ON operator_deeds (at);

CREATE TABLE approvals (
    reset_id        TEXT   NOT NULL PRIMARY KEY,
    account         TEXT   NOT NULL,
    employee        TEXT   NOT NULL,
    employee_wecom  TEXT   NOT NULL,
    operator        TEXT   NOT NULL,
    operator_key    TEXT   NOT NULL,
    operator_wecom  TEXT   NOT NULL,
    visit           TEXT   NOT NULL,
    until           BIGINT NOT NULL,
    approved_by     TEXT
);
CREATE INDEX approvals_by_end ON approvals (until);

CREATE INDEX audit_by_account ON audit (account, seq);
