-- migrate:up
-- Rate limits as theoretical arrival times (GCRA); lost in a crash, and that is fine.
-- No index on what every request changes, and room for it on the page: so a change
-- leaves nothing to vacuum. The sweep reads it all, which is seldom.
CREATE UNLOGGED TABLE rate_limit (
    limit_key bytea PRIMARY KEY,
    arrival_at timestamptz NOT NULL
) WITH (fillfactor = 70);

-- A write that was asked for with an Idempotency-Key. The answer holds no secret.
CREATE TABLE idempotency (
    key_hash bytea PRIMARY KEY,
    body_hash bytea NOT NULL,
    subject_id uuid NOT NULL,
    answer jsonb NOT NULL,
    repeats integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL
);

CREATE INDEX idempotency_expires_at ON idempotency (expires_at);
CREATE INDEX idempotency_subject_id ON idempotency (subject_id);

-- migrate:down
DROP TABLE idempotency;
DROP TABLE rate_limit;
