-- name: add_request(request_id, app, blind_index, asked_at)!
INSERT INTO reset_request (request_id, app, blind_index, asked_at)
VALUES (:request_id, :app, :blind_index, :asked_at);

-- name: take_request()^
-- The oldest one that no other worker is at.
DELETE FROM reset_request
WHERE
    request_id = (
        SELECT request_id
        FROM reset_request
        ORDER BY request_id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
RETURNING request_id, app, blind_index, asked_at;

-- name: supersede(account_id, contact_index, guardian_id)!
DELETE FROM password_reset
WHERE
    account_id = :account_id
    AND used_at IS NULL
    AND contact_index IS NOT DISTINCT FROM CAST(:contact_index AS bytea)
    AND guardian_id IS NOT DISTINCT FROM CAST(:guardian_id AS uuid);

-- name: add_reset(secret_hash, account_id, contact_index, guardian_id, issued_at, expires_at)!
INSERT INTO password_reset (
    secret_hash, account_id, contact_index, guardian_id, issued_at, expires_at
)
VALUES (
    :secret_hash,
    :account_id,
    :contact_index,
    :guardian_id,
    :issued_at,
    :expires_at
);

-- name: find_reset(secret_hash, now)^
SELECT
    account_id,
    contact_index,
    guardian_id
FROM password_reset
WHERE
    secret_hash = :secret_hash
    AND used_at IS NULL
    AND expires_at > :now;

-- name: use_reset(secret_hash, now)!
UPDATE password_reset
SET used_at = :now
WHERE
    secret_hash = :secret_hash
    AND used_at IS NULL
    AND expires_at > :now;

-- name: find_resets_of(account_id)
SELECT
    issued_at,
    expires_at,
    used_at,
    guardian_id IS NOT NULL AS by_guardian
FROM password_reset
WHERE account_id = :account_id
ORDER BY issued_at;

-- name: delete_resets_of(account_id)!
DELETE FROM password_reset
WHERE account_id = :account_id;

-- name: delete_unused_resets_of(account_id)!
DELETE FROM password_reset
WHERE account_id = :account_id AND used_at IS NULL;

-- name: delete_resets_before(before)!
DELETE FROM password_reset
WHERE expires_at < :before;
