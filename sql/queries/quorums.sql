-- name: find_objections(account_id)
-- Of guardians who have a say now.
SELECT
    consent_objection.guardian_id,
    consent_objection.purpose
FROM consent_objection
INNER JOIN guardianship
    ON
        consent_objection.account_id = guardianship.account_id
        AND consent_objection.guardian_id = guardianship.guardian_id
WHERE
    consent_objection.account_id = :account_id
    AND guardianship.ended_at IS NULL;

-- name: add_objections(account_id, guardian_id, purposes, since)!
INSERT INTO consent_objection (account_id, guardian_id, purpose, since)
SELECT
    :account_id,
    :guardian_id,
    purpose,
    :since
FROM unnest(CAST(:purposes AS text[])) AS purpose
ON CONFLICT (account_id, guardian_id, purpose) DO NOTHING;

-- name: lift_objections(account_id, guardian_id, purposes)!
DELETE FROM consent_objection
WHERE
    account_id = :account_id
    AND guardian_id = :guardian_id
    AND purpose = any(CAST(:purposes AS text[]));

-- name: drop_objections(account_id)!
DELETE FROM consent_objection
WHERE account_id = :account_id;

-- name: add_dispute(dispute_id, app, account_id, opened_by, opened_at)!
INSERT INTO consent_dispute (dispute_id, app, account_id, opened_by, opened_at)
VALUES (:dispute_id, :app, :account_id, :opened_by, :opened_at)
ON CONFLICT (account_id) WHERE resolved_at IS NULL DO NOTHING;

-- name: is_disputed(account_id)$
SELECT EXISTS(
    SELECT 1
    FROM consent_dispute
    WHERE account_id = :account_id AND resolved_at IS NULL
);

-- name: find_dispute(dispute_id)^
SELECT
    dispute_id,
    app,
    account_id,
    opened_by,
    opened_at,
    proposed,
    proposed_by
FROM consent_dispute
WHERE dispute_id = :dispute_id AND resolved_at IS NULL;

-- name: find_disputes()
SELECT
    dispute_id,
    app,
    account_id,
    opened_by,
    opened_at,
    proposed,
    proposed_by
FROM consent_dispute
WHERE resolved_at IS NULL
ORDER BY opened_at, dispute_id;

-- name: propose(dispute_id, proposed, proposed_by)!
UPDATE consent_dispute
SET
    proposed = :proposed,
    proposed_by = :proposed_by
WHERE dispute_id = :dispute_id AND resolved_at IS NULL;

-- name: resolve_dispute(dispute_id, resolved_at)!
UPDATE consent_dispute
SET resolved_at = :resolved_at
WHERE dispute_id = :dispute_id AND resolved_at IS NULL;
