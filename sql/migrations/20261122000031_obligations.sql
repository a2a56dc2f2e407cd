-- migrate:up
-- An event that every entitled subscriber must acknowledge, as an erasure. Closed by
-- the last acknowledgement, and then signed: the certificate that all of them know.
-- Kept longer than the event: it is the proof that those who had the data were told.
CREATE TABLE outbox_obligation (
    event_id uuid PRIMARY KEY,
    app text NOT NULL,
    subject_id uuid NOT NULL,
    event_type text NOT NULL,
    opened_at timestamptz NOT NULL,
    overdue_at timestamptz,
    closed_at timestamptz,
    key_id text,
    signature bytea,
    CHECK ((closed_at IS NULL) = (signature IS NULL)),
    CHECK ((closed_at IS NULL) = (key_id IS NULL))
);

CREATE INDEX outbox_obligation_open ON outbox_obligation (opened_at)
WHERE closed_at IS NULL;
CREATE INDEX outbox_obligation_subject_id ON outbox_obligation (subject_id);
CREATE INDEX outbox_obligation_closed ON outbox_obligation (app, closed_at)
WHERE closed_at IS NOT NULL;

-- Whose acknowledgement it waits for, and when and how each came.
CREATE TABLE outbox_acknowledgement (
    event_id uuid NOT NULL REFERENCES outbox_obligation ON DELETE CASCADE,
    subscriber text NOT NULL,
    acknowledged_at timestamptz,
    means text CHECK (means IN ('delivery', 'request')),
    PRIMARY KEY (event_id, subscriber),
    CHECK ((acknowledged_at IS NULL) = (means IS NULL))
);

CREATE INDEX outbox_acknowledgement_open ON outbox_acknowledgement (subscriber)
WHERE acknowledged_at IS NULL;

-- migrate:down
DROP TABLE outbox_acknowledgement;
DROP TABLE outbox_obligation;
