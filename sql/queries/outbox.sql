-- name: record_events(event_ids, subject_ids, apps, types, datas, owed_ids, owed_to, at)!
-- The upsert locks each subject until the transaction ends, so its events commit in
-- the order of their numbers; subjects are locked in one order, so none deadlocks.
WITH told AS (
    SELECT
        event_id,
        subject_id,
        app,
        event_type,
        data,
        row_number() OVER (PARTITION BY subject_id ORDER BY place DESC) AS after_it
    FROM unnest(
        cast(:event_ids AS uuid[]),
        cast(:subject_ids AS uuid[]),
        cast(:apps AS text[]),
        cast(:types AS text[]),
        cast(:datas AS text[])
    ) WITH ORDINALITY AS event (
        event_id, subject_id, app, event_type, data, place
    )
),

numbered AS (
    INSERT INTO outbox_subject AS subject (subject_id, last_sequence)
    SELECT
        subject_id,
        count(*)
    FROM told
    GROUP BY subject_id
    ORDER BY subject_id
    ON CONFLICT (subject_id) DO UPDATE
        SET last_sequence = subject.last_sequence + excluded.last_sequence
    RETURNING subject_id, last_sequence
),

added AS (
    INSERT INTO outbox_event (
        event_id, subject_id, sequence, app, event_type, data, occurred_at
    )
    SELECT
        told.event_id,
        told.subject_id,
        numbered.last_sequence - told.after_it + 1,
        told.app,
        told.event_type,
        cast(told.data AS jsonb),
        :at
    FROM told
    INNER JOIN numbered ON told.subject_id = numbered.subject_id
    RETURNING
        event_id, subject_id, sequence, app, event_type, data, occurred_at
)

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
    added.event_id,
    owed.subscriber,
    added.subject_id,
    added.sequence,
    added.app,
    added.event_type,
    added.data,
    added.occurred_at,
    added.occurred_at AS due_at
FROM added
INNER JOIN unnest(
    cast(:owed_ids AS uuid[]), cast(:owed_to AS text[])
) AS owed (event_id, subscriber) ON added.event_id = owed.event_id;

-- name: park_deliveries(subscriber, now, until)!
-- Takes what waits behind another event of its subject out of the claim's way; the
-- delivery of the one ahead wakes it. The lock on that one keeps the two apart. Like
-- the claim it looks at the first few that are due, so that no backlog slows it down;
-- arrays and single values, where joins could be, leave no way but by the indexes.
WITH due AS (
    SELECT event_id
    FROM outbox_delivery
    WHERE subscriber = :subscriber AND state = 'pending' AND due_at <= :now
    ORDER BY due_at
    LIMIT 200
),

behind AS (
    SELECT one.event_id
    FROM outbox_delivery AS one
    CROSS JOIN
        LATERAL (
            SELECT head.sequence
            FROM outbox_delivery AS head
            WHERE
                head.subscriber = one.subscriber AND head.subject_id = one.subject_id
            ORDER BY head.sequence
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        ) AS ahead
    WHERE
        one.event_id = any(array(SELECT due.event_id FROM due))
        AND one.subscriber = :subscriber
        AND one.state = 'pending'
        AND one.due_at <= :now
        AND one.sequence > (
            SELECT min(earlier.sequence)
            FROM outbox_delivery AS earlier
            WHERE
                earlier.subscriber = one.subscriber
                AND earlier.subject_id = one.subject_id
        )
        AND one.sequence > ahead.sequence
    FOR UPDATE OF one SKIP LOCKED
)

UPDATE outbox_delivery AS parked
SET due_at = :until
WHERE
    parked.event_id = any(array(SELECT behind.event_id FROM behind))
    AND parked.subscriber = :subscriber;

-- name: claim_deliveries(subscriber, now, leased_until, batch)
WITH due AS (
    SELECT event_id
    FROM outbox_delivery
    WHERE subscriber = :subscriber AND state = 'pending' AND due_at <= :now
    ORDER BY due_at
    LIMIT 200
),

first AS (
    SELECT one.event_id
    FROM outbox_delivery AS one
    WHERE
        one.event_id = any(array(SELECT due.event_id FROM due))
        AND one.subscriber = :subscriber
        AND one.state = 'pending'
        AND one.due_at <= :now
        AND one.sequence = (
            SELECT min(earlier.sequence)
            FROM outbox_delivery AS earlier
            WHERE
                earlier.subscriber = one.subscriber
                AND earlier.subject_id = one.subject_id
        )
    ORDER BY one.due_at
    LIMIT :batch
    FOR UPDATE OF one SKIP LOCKED
),

claimed AS (
    UPDATE outbox_delivery AS mine
    SET
        attempts = mine.attempts + 1,
        due_at = :leased_until,
        first_attempt_at = coalesce(mine.first_attempt_at, :now)
    WHERE
        mine.event_id = any(array(SELECT first.event_id FROM first))
        AND mine.subscriber = :subscriber
    RETURNING
        mine.event_id,
        mine.subject_id,
        mine.sequence,
        mine.app,
        mine.event_type,
        mine.data,
        mine.occurred_at,
        mine.attempts,
        mine.first_attempt_at
)

SELECT
    event_id,
    subject_id,
    sequence,
    app,
    event_type,
    data,
    occurred_at,
    attempts,
    first_attempt_at
FROM claimed
ORDER BY occurred_at, event_id;

-- name: mark_delivered(event_id, subscriber, status, at)!
-- A success counts even when its lease had ended.
WITH taken AS (
    DELETE FROM outbox_delivery
    WHERE event_id = :event_id AND subscriber = :subscriber
    RETURNING event_id, subscriber, app, attempts
)

INSERT INTO outbox_delivered (
    event_id, subscriber, app, attempts, last_status, delivered_at
)
SELECT
    event_id,
    subscriber,
    app,
    attempts,
    cast(:status AS integer),
    cast(:at AS timestamptz)
FROM taken
ON CONFLICT (event_id, subscriber, app) DO UPDATE
    SET
        attempts = excluded.attempts,
        last_status = excluded.last_status,
        delivered_at = excluded.delivered_at;

-- name: wake_next(subscriber, subject_id, sequence, at)!
-- A statement of its own, after the mark: now that the mark holds its row, nothing
-- more is parked behind it, and what was parked before is seen.
UPDATE outbox_delivery
SET due_at = :at
WHERE
    subscriber = :subscriber
    AND subject_id = :subject_id
    AND state = 'pending'
    AND due_at > :at
    AND sequence = (
        SELECT min(later.sequence)
        FROM outbox_delivery AS later
        WHERE
            later.subscriber = :subscriber
            AND later.subject_id = :subject_id
            AND later.sequence > :sequence
    );

-- name: postpone_delivery(event_id, subscriber, attempt, status, due_at)!
UPDATE outbox_delivery
SET
    due_at = :due_at,
    last_status = :status
WHERE
    event_id = :event_id
    AND subscriber = :subscriber
    AND attempts = :attempt
    AND state = 'pending';

-- name: bury_delivery(event_id, subscriber, attempt, status)!
UPDATE outbox_delivery
SET
    state = 'dead',
    last_status = :status
WHERE
    event_id = :event_id
    AND subscriber = :subscriber
    AND attempts = :attempt
    AND state = 'pending';

-- name: measure_backlog()
SELECT
    subscriber,
    split_part(event_type, '.', 1) AS family,
    count(*) FILTER (WHERE state = 'pending') AS pending,
    count(*) FILTER (WHERE state = 'dead') AS dead,
    min(occurred_at) AS oldest_at
FROM outbox_delivery
GROUP BY subscriber, family;
