-- migrate:up
CREATE TEMPORARY TABLE told_before ON COMMIT DROP AS
SELECT
    event_id,
    subject_id,
    sequence,
    app,
    event_type,
    data,
    occurred_at
FROM outbox_event;

CREATE TEMPORARY TABLE owed_before ON COMMIT DROP AS
SELECT
    event_id,
    subscriber,
    state,
    attempts,
    due_at,
    first_attempt_at,
    last_status,
    delivered_at
FROM outbox_delivery;

DROP TABLE outbox_delivery;
DROP TABLE outbox_event;

-- What happened, written in the transaction of the change. Never personal data. One
-- partition an app and week, by the time in the id: whole weeks are dropped. What has
-- no partition yet is kept in the default one, so that no insert ever fails.
-- recorded_xid is for readers: what has a smaller one than every open transaction is
-- all that will ever come before it.
CREATE TABLE outbox_event (
    event_id uuid NOT NULL,
    app text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    event_type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (event_id, app)
) PARTITION BY RANGE (app, event_id);

CREATE INDEX outbox_event_recorded
ON outbox_event (recorded_xid, subject_id, sequence);
CREATE INDEX outbox_event_subject ON outbox_event (subject_id, sequence);

CREATE TABLE outbox_event_default PARTITION OF outbox_event DEFAULT;

-- One row for each subscriber that an event is still owed to, with all that is sent:
-- it outlives the event's own row. A claim moves due_at to the end of its lease, a
-- failure to the next attempt: whoever dies leaves a row that falls due again by
-- itself. What is delivered leaves the table, so that it stays as small as the backlog.
CREATE TABLE outbox_delivery (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    subject_id uuid NOT NULL,
    sequence bigint NOT NULL,
    app text NOT NULL,
    event_type text NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    first_attempt_at timestamptz,
    last_status integer,
    PRIMARY KEY (event_id, subscriber)
) WITH (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.05
);

-- The claim: what is due, oldest first; and whether an earlier one still waits.
CREATE INDEX outbox_delivery_due ON outbox_delivery (subscriber, due_at)
WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_delivery_order
ON outbox_delivery (subscriber, subject_id, sequence);

-- Who has taken which event, for as long as the event is kept.
CREATE TABLE outbox_delivered (
    event_id uuid NOT NULL,
    subscriber text NOT NULL,
    app text NOT NULL,
    attempts integer NOT NULL,
    last_status integer,
    delivered_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, subscriber, app)
) PARTITION BY RANGE (app, event_id);

CREATE TABLE outbox_delivered_default PARTITION OF outbox_delivered DEFAULT;

INSERT INTO outbox_event (
    event_id, app, subject_id, sequence, event_type, data, occurred_at
)
SELECT
    event_id,
    app,
    subject_id,
    sequence,
    event_type,
    data,
    occurred_at
FROM told_before;

INSERT INTO outbox_delivery (
    event_id,
    subscriber,
    subject_id,
    sequence,
    app,
    event_type,
    data,
    occurred_at,
    state,
    attempts,
    due_at,
    first_attempt_at,
    last_status
)
SELECT
    told_before.event_id,
    owed_before.subscriber,
    told_before.subject_id,
    told_before.sequence,
    told_before.app,
    told_before.event_type,
    told_before.data,
    told_before.occurred_at,
    owed_before.state,
    owed_before.attempts,
    owed_before.due_at,
    owed_before.first_attempt_at,
    owed_before.last_status
FROM owed_before
INNER JOIN told_before ON owed_before.event_id = told_before.event_id
WHERE owed_before.state <> 'delivered';

INSERT INTO outbox_delivered (
    event_id, subscriber, app, attempts, last_status, delivered_at
)
SELECT
    told_before.event_id,
    owed_before.subscriber,
    told_before.app,
    owed_before.attempts,
    owed_before.last_status,
    owed_before.delivered_at
FROM owed_before
INNER JOIN told_before ON owed_before.event_id = told_before.event_id
WHERE owed_before.state = 'delivered';

-- Makes the partitions of an app for the events from first_id on and before end_id,
-- and moves over what stands in the default ones. Tells whether there were none yet.
-- An insert under way has chosen its partition already: it is waited for first, or it
-- would end up in a default one that may not hold it any more. Whoever comes meanwhile
-- waits behind us, so we give up soon, and try again later.
CREATE FUNCTION outbox_add_partition(
    suffix text, app text, first_id uuid, end_id uuid
) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
    parent text;
    made text;
    words text := format('app %s from %s to %s', app, first_id, end_id);
BEGIN
    IF to_regclass(quote_ident('outbox_event_' || suffix)) IS NOT NULL THEN
        RETURN false;
    END IF;
    FOREACH parent IN ARRAY ARRAY['outbox_event', 'outbox_delivered'] LOOP
        made := parent || '_' || suffix;
        EXECUTE format('LOCK TABLE ONLY %I IN SHARE ROW EXCLUSIVE MODE', parent);
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS)', made, parent);
        EXECUTE format(
            'WITH moved AS (DELETE FROM %I WHERE app = $1 AND event_id >= $2'
            ' AND event_id < $3 RETURNING *) INSERT INTO %I SELECT * FROM moved',
            parent || '_default', made
        ) USING app, first_id, end_id;
        EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L, %L) TO (%L, %L)',
            parent, made, app, first_id, app, end_id
        );
        EXECUTE format('COMMENT ON TABLE %I IS %L', made, words);
    END LOOP;
    RETURN true;
END;
$$;

-- Drops them again: no row is deleted one by one, nothing is left to vacuum.
CREATE FUNCTION outbox_drop_partition(suffix text) RETURNS void
LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
BEGIN
    EXECUTE format('DROP TABLE %I', 'outbox_event_' || suffix);
    EXECUTE format('DROP TABLE %I', 'outbox_delivered_' || suffix);
END;
$$;

-- migrate:down
DROP FUNCTION outbox_drop_partition(text);
DROP FUNCTION outbox_add_partition(text, text, uuid, uuid);
DROP TABLE outbox_delivered;
DROP TABLE outbox_delivery;
DROP TABLE outbox_event;

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

CREATE INDEX outbox_delivery_due ON outbox_delivery (subscriber, due_at)
WHERE state = 'pending';
CREATE UNIQUE INDEX outbox_delivery_order
ON outbox_delivery (subscriber, subject_id, sequence)
WHERE state <> 'delivered';
