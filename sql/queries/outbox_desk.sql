-- name: list_deliveries(first_id, end_id, subject_id, subscriber, type, state, most)
-- Three kinds of lines, each newest first: what is owed, what was taken, and what is
-- owed to nobody (where that is asked for, or the events are few).
WITH owed AS (
    SELECT
        event_id,
        subject_id,
        sequence,
        app,
        event_type,
        occurred_at,
        subscriber,
        state,
        attempts,
        last_status,
        due_at,
        cast(NULL AS timestamptz) AS delivered_at
    FROM outbox_delivery
    WHERE
        event_id >= :first_id
        AND event_id < :end_id
        AND (cast(:subject_id AS uuid) IS NULL OR subject_id = :subject_id)
        AND (cast(:subscriber AS text) IS NULL OR subscriber = :subscriber)
        AND event_type LIKE :type
        AND (cast(:state AS text) IS NULL OR state = :state)
    ORDER BY event_id DESC
    LIMIT :most
),

taken AS (
    SELECT
        event.event_id,
        event.subject_id,
        event.sequence,
        event.app,
        event.event_type,
        event.occurred_at,
        one.subscriber,
        'delivered' AS state,
        one.attempts,
        one.last_status,
        cast(NULL AS timestamptz) AS due_at,
        one.delivered_at
    FROM outbox_event AS event
    INNER JOIN outbox_delivered AS one
        ON event.event_id = one.event_id AND event.app = one.app
    WHERE
        event.event_id >= :first_id
        AND event.event_id < :end_id
        AND (cast(:subject_id AS uuid) IS NULL OR event.subject_id = :subject_id)
        AND (cast(:subscriber AS text) IS NULL OR one.subscriber = :subscriber)
        AND event.event_type LIKE :type
        AND (cast(:state AS text) IS NULL OR :state = 'delivered')
        AND NOT EXISTS (
            SELECT 1
            FROM outbox_delivery AS again
            WHERE
                again.event_id = one.event_id
                AND again.subscriber = one.subscriber
        )
    ORDER BY event.event_id DESC
    LIMIT :most
),

untold AS (
    SELECT
        event.event_id,
        event.subject_id,
        event.sequence,
        event.app,
        event.event_type,
        event.occurred_at,
        cast(NULL AS text) AS subscriber,
        'nobody' AS state,
        0 AS attempts,
        cast(NULL AS integer) AS last_status,
        cast(NULL AS timestamptz) AS due_at,
        cast(NULL AS timestamptz) AS delivered_at
    FROM outbox_event AS event
    WHERE
        event.event_id >= :first_id
        AND event.event_id < :end_id
        AND (cast(:subject_id AS uuid) IS NULL OR event.subject_id = :subject_id)
        AND cast(:subscriber AS text) IS NULL
        AND event.event_type LIKE :type
        AND (
            :state = 'nobody'
            OR (
                cast(:state AS text) IS NULL
                AND cast(:subject_id AS uuid) IS NOT NULL
            )
        )
        AND NOT EXISTS (
            SELECT 1
            FROM outbox_delivery AS owing
            WHERE owing.event_id = event.event_id
        )
        AND NOT EXISTS (
            SELECT 1
            FROM outbox_delivered AS held
            WHERE held.event_id = event.event_id AND held.app = event.app
        )
    ORDER BY event.event_id DESC
    LIMIT :most
)

SELECT * FROM owed
UNION ALL
SELECT * FROM taken
UNION ALL
SELECT * FROM untold
ORDER BY occurred_at DESC, subject_id ASC, sequence DESC, subscriber ASC
LIMIT :most;

-- name: find_event(event_id)^
-- A dead letter outlives the event's own row.
SELECT
    event_id,
    subject_id,
    sequence,
    app,
    event_type,
    data,
    occurred_at
FROM outbox_event
WHERE event_id = :event_id
UNION ALL
SELECT
    event_id,
    subject_id,
    sequence,
    app,
    event_type,
    data,
    occurred_at
FROM outbox_delivery
WHERE event_id = :event_id
LIMIT 1;

-- name: choose_owed(first_id, end_id, after_id, after_subscriber, subject_id, subscriber, type, state, due_after, batch)
-- The next few after a place, held until they were dealt with.
SELECT
    event_id,
    subject_id,
    sequence,
    app,
    event_type,
    occurred_at,
    subscriber,
    state,
    attempts,
    last_status,
    due_at,
    cast(NULL AS timestamptz) AS delivered_at
FROM outbox_delivery
WHERE
    event_id >= :first_id
    AND event_id < :end_id
    AND (event_id, subscriber) > (:after_id, :after_subscriber)
    AND (cast(:subject_id AS uuid) IS NULL OR subject_id = :subject_id)
    AND (cast(:subscriber AS text) IS NULL OR subscriber = :subscriber)
    AND event_type LIKE :type
    AND (cast(:state AS text) IS NULL OR state = :state)
    AND (
        cast(:due_after AS timestamptz) IS NULL
        OR (state = 'pending' AND attempts > 0 AND due_at > :due_after)
    )
ORDER BY event_id, subscriber
LIMIT :batch
FOR UPDATE;

-- name: choose_delivered(first_id, end_id, after_id, after_subscriber, subject_id, subscriber, type, batch)
SELECT
    event.event_id,
    event.subject_id,
    event.sequence,
    event.app,
    event.event_type,
    event.occurred_at,
    one.subscriber,
    'delivered' AS state,
    one.attempts,
    one.last_status,
    cast(NULL AS timestamptz) AS due_at,
    one.delivered_at
FROM outbox_event AS event
INNER JOIN outbox_delivered AS one
    ON event.event_id = one.event_id AND event.app = one.app
WHERE
    event.event_id >= :first_id
    AND event.event_id < :end_id
    AND (event.event_id, one.subscriber) > (:after_id, :after_subscriber)
    AND (cast(:subject_id AS uuid) IS NULL OR event.subject_id = :subject_id)
    AND (cast(:subscriber AS text) IS NULL OR one.subscriber = :subscriber)
    AND event.event_type LIKE :type
ORDER BY event.event_id, one.subscriber
LIMIT :batch;

-- name: begin_again(event_ids, subscribers, at)!
UPDATE outbox_delivery AS one
SET
    state = 'pending',
    attempts = 0,
    first_attempt_at = NULL,
    due_at = :at
FROM
    unnest(
        cast(:event_ids AS uuid[]), cast(:subscribers AS text[])
    ) AS chosen (event_id, subscriber)
WHERE one.event_id = chosen.event_id AND one.subscriber = chosen.subscriber;

-- name: owe_again(event_ids, subscribers, at)
-- The same events once more, with their ids and numbers; but for what is owed anyway.
INSERT INTO outbox_delivery (
    event_id,
    subscriber,
    subject_id,
    sequence,
    app,
    event_type,
    data,
    occurred_at,
    due_at
)
SELECT
    event.event_id,
    chosen.subscriber,
    event.subject_id,
    event.sequence,
    event.app,
    event.event_type,
    event.data,
    event.occurred_at,
    :at
FROM outbox_event AS event
INNER JOIN unnest(
    cast(:event_ids AS uuid[]), cast(:subscribers AS text[])
) AS chosen (event_id, subscriber) ON event.event_id = chosen.event_id
ON CONFLICT DO NOTHING
RETURNING event_id, subscriber;

-- name: make_due(event_ids, subscribers, at)!
UPDATE outbox_delivery AS one
SET due_at = :at
FROM
    unnest(
        cast(:event_ids AS uuid[]), cast(:subscribers AS text[])
    ) AS chosen (event_id, subscriber)
WHERE one.event_id = chosen.event_id AND one.subscriber = chosen.subscriber;

-- name: drop_deliveries(event_ids, subscribers)!
DELETE FROM outbox_delivery AS one
USING
    unnest(
        cast(:event_ids AS uuid[]), cast(:subscribers AS text[])
    ) AS chosen (event_id, subscriber)
WHERE one.event_id = chosen.event_id AND one.subscriber = chosen.subscriber;
