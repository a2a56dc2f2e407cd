-- name: add_audit_entry(entry_id, app, subject_id, actor, actor_ref, action, detail, at)!
INSERT INTO audit_entry (
    entry_id, app, subject_id, actor, actor_ref, action, detail, at
)
VALUES (
    :entry_id,
    :app,
    :subject_id,
    :actor,
    :actor_ref,
    :action,
    CAST(CAST(:detail AS text) AS jsonb),
    :at
);

-- name: find_other_apps(apps)
SELECT DISTINCT app
FROM audit_entry
WHERE app <> ALL(CAST(:apps AS text[]));

-- name: delete_audit_entries_before(app, before)!
DELETE FROM audit_entry
WHERE app = :app AND at < :before;

-- name: find_recent(subject_id, most)
SELECT
    actor,
    actor_ref,
    action,
    at
FROM audit_entry
WHERE subject_id = :subject_id
ORDER BY at DESC, entry_id DESC
LIMIT :most;

-- name: find_recent_among(subject_id, actions, since, most)
SELECT
    actor,
    actor_ref,
    action,
    at
FROM audit_entry
WHERE
    subject_id = :subject_id
    AND at > :since
    AND action = ANY(CAST(:actions AS text[]))
ORDER BY at DESC, entry_id DESC
LIMIT :most;
