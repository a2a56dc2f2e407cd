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

-- name: replay_dead(first_id, end_id, subject_id, subscriber, type, at)!
UPDATE outbox_delivery
SET
    state = 'pending',
    attempts = 0,
    first_attempt_at = NULL,
    due_at = :at
WHERE
    event_id >= :first_id
    AND event_id < :end_id
    AND (cast(:subject_id AS uuid) IS NULL OR subject_id = :subject_id)
    AND (cast(:subscriber AS text) IS NULL OR subscriber = :subscriber)
    AND event_type LIKE :type
    AND state = 'dead';

-- name: replay_delivered(first_id, end_id, subject_id, subscriber, type, at)!
-- The same events once more, with their ids and numbers.
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
    one.subscriber,
    event.subject_id,
    event.sequence,
    event.app,
    event.event_type,
    event.data,
    event.occurred_at,
    :at
FROM outbox_event AS event
INNER JOIN outbox_delivered AS one
    ON event.event_id = one.event_id AND event.app = one.app
WHERE
    event.event_id >= :first_id
    AND event.event_id < :end_id
    AND (cast(:subject_id AS uuid) IS NULL OR event.subject_id = :subject_id)
    AND (cast(:subscriber AS text) IS NULL OR one.subscriber = :subscriber)
    AND event.event_type LIKE :type
ON CONFLICT DO NOTHING;

-- name: retry_deliveries(first_id, end_id, subject_id, subscriber, type, leased_until, at)!
-- What waits for its next attempt; what may be under way right now is left alone, and
-- falls due before long.
UPDATE outbox_delivery
SET due_at = :at
WHERE
    event_id >= :first_id
    AND event_id < :end_id
    AND (cast(:subject_id AS uuid) IS NULL OR subject_id = :subject_id)
    AND (cast(:subscriber AS text) IS NULL OR subscriber = :subscriber)
    AND event_type LIKE :type
    AND state = 'pending'
    AND due_at > :leased_until;

-- name: drop_deliveries(first_id, end_id, subject_id, subscriber, type, state)
DELETE FROM outbox_delivery
WHERE
    event_id >= :first_id
    AND event_id < :end_id
    AND (cast(:subject_id AS uuid) IS NULL OR subject_id = :subject_id)
    AND (cast(:subscriber AS text) IS NULL OR subscriber = :subscriber)
    AND event_type LIKE :type
    AND (cast(:state AS text) IS NULL OR state = :state)
RETURNING
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
    cast(NULL AS timestamptz) AS delivered_at;
