-- name: find_other_apps(apps)
-- A partition's comment begins with its app: no event has to be read.
WITH found AS (
    SELECT app FROM outbox_event_default
    UNION
    SELECT substring(obj_description(inhrelid, 'pg_class') FROM '^app (.*) from ')
    FROM pg_inherits
    WHERE inhparent = cast('outbox_event' AS regclass)
)

SELECT app
FROM found
WHERE app IS NOT NULL AND app <> all(cast(:apps AS text[]));

-- name: find_partitions(ending)
SELECT substring(relname FROM 'outbox_event_(.*)') AS suffix
FROM pg_inherits
INNER JOIN pg_class ON inhrelid = pg_class.oid
WHERE
    inhparent = cast('outbox_event' AS regclass)
    AND relname LIKE cast('%\_' || :ending AS text)
ORDER BY suffix;

-- name: add_partition(suffix, app, first_id, end_id)$
SELECT outbox_add_partition(
    cast(:suffix AS text),
    cast(:app AS text),
    cast(:first_id AS uuid),
    cast(:end_id AS uuid)
);

-- name: drop_partition(suffix)!
SELECT outbox_drop_partition(cast(:suffix AS text));

-- name: delete_deliveries_of_others(app, before, subscribers, batch)!
-- What is owed to subscribers that have left the file.
WITH old AS (
    SELECT
        event_id,
        subscriber
    FROM outbox_delivery
    WHERE
        app = :app
        AND occurred_at < :before
        AND subscriber <> all(cast(:subscribers AS text[]))
    ORDER BY occurred_at
    LIMIT :batch
)

DELETE FROM outbox_delivery AS owed
USING old
WHERE owed.event_id = old.event_id AND owed.subscriber = old.subscriber;

-- name: forget_subjects(app, first_id, end_id, final_types, batch)!
-- After a subject's last word its counter goes, when the word itself does.
WITH final AS (
    SELECT
        event.subject_id,
        event.sequence
    FROM outbox_event AS event
    INNER JOIN outbox_subject AS counter
        ON
            event.subject_id = counter.subject_id
            AND event.sequence = counter.last_sequence
    WHERE
        event.app = :app
        AND event.event_id >= :first_id
        AND event.event_id < :end_id
        AND event.event_type = any(cast(:final_types AS text[]))
    ORDER BY event.event_id
    LIMIT :batch
)

DELETE FROM outbox_subject AS counter
USING final
WHERE
    counter.subject_id = final.subject_id
    AND counter.last_sequence = final.sequence;

-- name: delete_events(app, before, before_id, subscribers, final_types, batch)!
-- Of what has no partition of its own: what every one of *subscribers* has acknowledged
-- or was never owed. After a subject's last word its counter goes too.
WITH old AS (
    SELECT event.event_id
    FROM outbox_event_default AS event
    WHERE
        event.app = :app
        AND event.event_id < :before_id
        AND event.occurred_at < :before
        AND NOT EXISTS (
            SELECT 1
            FROM outbox_delivery AS delivery
            WHERE
                delivery.event_id = event.event_id
                AND delivery.subscriber = any(cast(:subscribers AS text[]))
        )
    ORDER BY event.event_id
    LIMIT :batch
),

gone AS (
    DELETE FROM outbox_event_default AS event
    USING old
    WHERE event.event_id = old.event_id
    RETURNING event.event_id, event.subject_id, event.sequence, event.event_type
),

forgotten AS (
    DELETE FROM outbox_subject AS subject
    USING gone
    WHERE
        subject.subject_id = gone.subject_id
        AND subject.last_sequence = gone.sequence
        AND gone.event_type = any(cast(:final_types AS text[]))
),

undelivered AS (
    DELETE FROM outbox_delivery AS owed
    USING gone
    WHERE owed.event_id = gone.event_id
),

history AS (
    DELETE FROM outbox_delivered_default AS taken
    USING gone
    WHERE taken.event_id = gone.event_id
)

SELECT 1 FROM gone;

-- name: delete_dead_letters(before, batch)!
WITH old AS (
    SELECT
        event_id,
        subscriber
    FROM outbox_delivery
    WHERE state = 'dead' AND occurred_at < :before
    ORDER BY occurred_at
    LIMIT :batch
)

DELETE FROM outbox_delivery AS dead
USING old
WHERE dead.event_id = old.event_id AND dead.subscriber = old.subscriber;

-- name: take_over_restored(batch)!
-- After a restore from a dump the events' transactions are another server's, with
-- numbers that this one has not come to: they count as recorded now.
WITH restored AS (
    SELECT
        app,
        event_id
    FROM outbox_event
    WHERE recorded_xid >= pg_snapshot_xmax(pg_current_snapshot())
    ORDER BY recorded_xid, subject_id, sequence
    LIMIT :batch
)

UPDATE outbox_event AS event
SET recorded_xid = pg_current_xact_id()
FROM restored
WHERE event.app = restored.app AND event.event_id = restored.event_id;
