-- name: add_decision(decision_id, subject_id, app, decision, age_band, method, reason, crosses_on, decided_at)!
INSERT INTO age_decision (
    decision_id,
    subject_id,
    app,
    decision,
    age_band,
    method,
    reason,
    crosses_on,
    decided_at
)
VALUES (
    :decision_id,
    :subject_id,
    :app,
    :decision,
    :age_band,
    :method,
    CAST(CAST(:reason AS text) AS jsonb),
    :crosses_on,
    :decided_at
)
ON CONFLICT (decision_id) DO NOTHING;

-- name: find_decision(decision_id)^
SELECT
    app,
    decision,
    age_band,
    method,
    reason,
    crosses_on
FROM age_decision
WHERE decision_id = :decision_id;

-- name: find_decided_at(decision_id)$
SELECT decided_at
FROM age_decision
WHERE decision_id = :decision_id;

-- name: delete_decisions_of(subject_id)!
DELETE FROM age_decision
WHERE subject_id = :subject_id;

-- name: delete_earlier_decisions(subject_id, decision_id)!
DELETE FROM age_decision
WHERE subject_id = :subject_id AND decision_id <> :decision_id;

-- name: lock_out(app, lock_index, locked_until)!
INSERT INTO gate_lock (app, lock_index, locked_until)
VALUES (:app, :lock_index, :locked_until)
ON CONFLICT (app, lock_index) DO UPDATE
    SET locked_until = greatest(gate_lock.locked_until, excluded.locked_until);

-- name: is_locked_out(app, lock_indexes, now)$
SELECT EXISTS(
    SELECT 1
    FROM gate_lock
    WHERE
        app = :app
        AND lock_index = any(CAST(:lock_indexes AS bytea[]))
        AND locked_until > :now
);

-- name: count_appeal(app, lock_index, most, now)!
-- Touches no row where nothing is locked, or when it was appealed often enough.
UPDATE gate_lock
SET appeals = appeals + 1
WHERE
    app = :app
    AND lock_index = :lock_index
    AND appeals < :most
    AND locked_until > :now;

-- name: delete_locks_over(now)!
DELETE FROM gate_lock
WHERE locked_until <= :now;

-- name: use_ticket(ticket_id, until)!
-- Touches no row when the ticket was used before.
INSERT INTO gate_ticket_use (ticket_id, until)
VALUES (:ticket_id, :until)
ON CONFLICT (ticket_id) DO NOTHING;

-- name: delete_ticket_uses_over(now)!
DELETE FROM gate_ticket_use
WHERE until <= :now;

-- name: find_crossings(decision_ids)
-- The sealed birthdays of many decisions at once, with the keys that open them.
SELECT
    age_decision.decision_id,
    age_decision.subject_id,
    age_decision.crosses_on,
    subject_key.key_id,
    subject_key.wrapped_key
FROM age_decision
INNER JOIN subject_key ON age_decision.subject_id = subject_key.subject_id
WHERE
    age_decision.decision_id = any(CAST(:decision_ids AS uuid[]))
    AND age_decision.crosses_on IS NOT NULL;
