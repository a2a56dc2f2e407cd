-- name: scan_events(apps, types, xid, subject_id, sequence, most)
-- What has a smaller transaction id than every open transaction stays as it is: a later
-- commit can't come before it. Each part of the order is in the index.
SELECT
    event_id,
    subject_id,
    sequence,
    app,
    event_type,
    occurred_at,
    cast(recorded_xid AS text) AS xid,
    event_type = any(cast(:types AS text[])) AS wanted,
    CASE
        WHEN event_type = any(cast(:types AS text[])) THEN data
    END AS data
FROM outbox_event
WHERE
    app = any(cast(:apps AS text[]))
    AND recorded_xid < pg_snapshot_xmin(pg_current_snapshot())
    AND (recorded_xid, subject_id, sequence) > (
        cast(cast(:xid AS text) AS xid8),
        cast(:subject_id AS uuid),
        cast(:sequence AS bigint)
    )
ORDER BY recorded_xid, subject_id, sequence
LIMIT :most;

-- name: is_of_this_server(xid)$
-- A transaction that has not begun yet is of another server, before a restore.
SELECT cast(cast(:xid AS text) AS xid8) < pg_snapshot_xmax(pg_current_snapshot());
