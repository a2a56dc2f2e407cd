-- migrate:up
-- The last number given to an event of a subject; its row lock keeps them in order.
CREATE TABLE outbox_subject (
    subject_id uuid PRIMARY KEY,
    last_sequence bigint NOT NULL
);

-- What happened, written in the transaction of the change. Never personal data.
CREATE TABLE outbox_event (
    event_id uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    app text NOT NULL,
    event_type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    UNIQUE (subject_id, sequence)
);

CREATE INDEX outbox_event_occurred_at ON outbox_event (app, occurred_at);

-- One row for each subscriber that an event is owed to. A claim moves due_at to the
-- end of its lease, a failure to the next attempt: whoever dies leaves a row that
-- falls due again by itself.
CREATE TABLE outbox_delivery (
    event_id uuid NOT NULL REFERENCES outbox_event ON DELETE CASCADE,
    subscriber text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    state text NOT NULL DEFAULT 'pending'
    CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    first_attempt_at timestamptz,
    last_status integer,
    delivered_at timestamptz,
    PRIMARY KEY (event_id, subscriber),
    CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- The claim: what is due, oldest first; and whether an earlier one still waits.
CREATE INDEX outbox_delivery_due ON outbox_delivery (subscriber, due_at)
WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_delivery_order
ON outbox_delivery (subscriber, subject_id, sequence)
WHERE state <> 'delivered';

-- migrate:down
DROP TABLE outbox_delivery;
DROP TABLE outbox_event;
DROP TABLE outbox_subject;
