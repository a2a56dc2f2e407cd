-- name: open_obligations(event_ids, apps, subject_ids, types, owed_ids, owed_to, at)!
WITH opened AS (
    INSERT INTO outbox_obligation (event_id, app, subject_id, event_type, opened_at)
    SELECT
        event_id,
        app,
        subject_id,
        event_type,
        :at
    FROM unnest(
        cast(:event_ids AS uuid[]),
        cast(:apps AS text[]),
        cast(:subject_ids AS uuid[]),
        cast(:types AS text[])
    ) AS told (event_id, app, subject_id, event_type)
)

INSERT INTO outbox_acknowledgement (event_id, subscriber)
SELECT
    event_id,
    subscriber
FROM unnest(
    cast(:owed_ids AS uuid[]), cast(:owed_to AS text[])
) AS owed (event_id, subscriber);

-- name: acknowledge(event_id, subscriber, means, at)!
UPDATE outbox_acknowledgement
SET acknowledged_at = :at, means = :means
WHERE
    event_id = :event_id
    AND subscriber = :subscriber
    AND acknowledged_at IS NULL;

-- name: release(subscriber, event_id, at, batch)
-- What a subscriber still owes, one event or with no event_id a part of all.
WITH owed AS (
    SELECT event_id
    FROM outbox_acknowledgement
    WHERE
        subscriber = :subscriber
        AND acknowledged_at IS NULL
        AND (cast(:event_id AS uuid) IS NULL OR event_id = :event_id)
    ORDER BY event_id
    LIMIT :batch
    FOR UPDATE
),

released AS (
    UPDATE outbox_acknowledgement AS one
    SET acknowledged_at = :at, means = 'release'
    FROM owed
    WHERE one.event_id = owed.event_id AND one.subscriber = :subscriber
    RETURNING one.event_id
)

SELECT
    one.event_id,
    one.app,
    one.subject_id,
    one.event_type,
    one.opened_at,
    one.overdue_at,
    one.closed_at,
    one.key_id,
    one.signature
FROM outbox_obligation AS one
INNER JOIN released ON one.event_id = released.event_id
ORDER BY one.event_id;

-- name: find_open(subscriber, most)
-- The oldest obligations that wait for somebody, or for this subscriber.
SELECT
    one.event_id,
    one.app,
    one.subject_id,
    one.event_type,
    one.opened_at,
    one.overdue_at,
    one.closed_at,
    one.key_id,
    one.signature
FROM outbox_obligation AS one
WHERE
    one.closed_at IS NULL
    AND EXISTS (
        SELECT 1
        FROM outbox_acknowledgement AS owed
        WHERE
            owed.event_id = one.event_id
            AND owed.acknowledged_at IS NULL
            AND (
                cast(:subscriber AS text) IS NULL
                OR owed.subscriber = :subscriber
            )
    )
ORDER BY one.opened_at, one.event_id
LIMIT :most;

-- name: owes(event_id, subscriber)$
SELECT EXISTS(
    SELECT 1
    FROM outbox_acknowledgement
    WHERE event_id = :event_id AND subscriber = :subscriber
);

-- name: find_obligation(event_id)^
SELECT
    event_id,
    app,
    subject_id,
    event_type,
    opened_at,
    overdue_at,
    closed_at,
    key_id,
    signature
FROM outbox_obligation
WHERE event_id = :event_id;

-- name: find_acknowledgements(event_ids)
SELECT
    event_id,
    subscriber,
    acknowledged_at,
    means
FROM outbox_acknowledgement
WHERE event_id = any(cast(:event_ids AS uuid[]))
ORDER BY event_id, subscriber;

-- name: lock_acknowledged(batch)
-- Open, and nobody is missing any more.
SELECT
    one.event_id,
    one.app,
    one.subject_id,
    one.event_type,
    one.opened_at,
    one.overdue_at,
    one.closed_at,
    one.key_id,
    one.signature
FROM outbox_obligation AS one
WHERE
    one.closed_at IS NULL
    AND NOT EXISTS (
        SELECT 1
        FROM outbox_acknowledgement AS owed
        WHERE owed.event_id = one.event_id AND owed.acknowledged_at IS NULL
    )
ORDER BY one.opened_at
LIMIT :batch
FOR UPDATE OF one SKIP LOCKED;

-- name: close_obligation(event_id, at, key_id, signature)!
UPDATE outbox_obligation
SET
    closed_at = :at,
    key_id = :key_id,
    signature = :signature
WHERE event_id = :event_id AND closed_at IS NULL;

-- name: take_overdue(opened_before, at, batch)
WITH late AS (
    SELECT one.event_id
    FROM outbox_obligation AS one
    WHERE
        one.closed_at IS NULL
        AND one.overdue_at IS NULL
        AND one.opened_at <= :opened_before
        AND EXISTS (
            SELECT 1
            FROM outbox_acknowledgement AS owed
            WHERE owed.event_id = one.event_id AND owed.acknowledged_at IS NULL
        )
    ORDER BY one.opened_at
    LIMIT :batch
    FOR UPDATE OF one SKIP LOCKED
)

UPDATE outbox_obligation AS one
SET overdue_at = :at
FROM late
WHERE one.event_id = late.event_id
RETURNING
    one.event_id,
    one.app,
    one.subject_id,
    one.event_type,
    one.opened_at,
    one.overdue_at,
    one.closed_at,
    one.key_id,
    one.signature;

-- name: was_overdue_since(app, since, now)$
SELECT EXISTS(
    SELECT 1
    FROM outbox_obligation
    WHERE app = :app AND overdue_at >= :since AND overdue_at < :now
);

-- name: find_overdue(app)^
SELECT
    count(DISTINCT one.event_id) AS count,
    min(one.opened_at) AS oldest_at,
    array_agg(DISTINCT owed.subscriber) AS subscribers
FROM outbox_obligation AS one
INNER JOIN outbox_acknowledgement AS owed ON one.event_id = owed.event_id
WHERE
    one.app = :app
    AND one.closed_at IS NULL
    AND one.overdue_at IS NOT NULL
    AND owed.acknowledged_at IS NULL
HAVING count(*) > 0;

-- name: count_open(opened_before)
SELECT
    owed.subscriber,
    count(*) AS open,
    count(*) FILTER (WHERE one.opened_at <= :opened_before) AS overdue
FROM outbox_acknowledgement AS owed
INNER JOIN outbox_obligation AS one ON owed.event_id = one.event_id
WHERE owed.acknowledged_at IS NULL
GROUP BY owed.subscriber;

-- name: delete_obligations(app, before, batch)!
WITH old AS (
    SELECT event_id
    FROM outbox_obligation
    WHERE app = :app AND closed_at < :before
    ORDER BY closed_at
    LIMIT :batch
)

DELETE FROM outbox_obligation AS one
USING old
WHERE one.event_id = old.event_id;
