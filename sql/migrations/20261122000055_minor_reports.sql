-- migrate:up
-- Somebody says that an account is a minor's: which one is known by a keyed hash alone,
-- and whether there is one at all is found out later, so that nobody learns it here.
CREATE TABLE minor_report (
    report_id uuid PRIMARY KEY,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    reported_at timestamptz NOT NULL
);

CREATE INDEX minor_report_reported_at ON minor_report (reported_at);

-- migrate:down
DROP TABLE minor_report;
