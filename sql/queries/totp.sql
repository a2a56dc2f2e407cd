-- name: begin_totp(totp_id, account_id, name, secret, created_at, expires_at)!
-- There is one unconfirmed app at a time: a later one takes its place.
INSERT INTO totp (totp_id, account_id, name, secret, created_at, expires_at)
VALUES (:totp_id, :account_id, :name, :secret, :created_at, :expires_at)
ON CONFLICT (account_id) WHERE confirmed_at IS NULL DO UPDATE
    SET
        totp_id = excluded.totp_id,
        name = excluded.name,
        secret = excluded.secret,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at;

-- name: find_unconfirmed_totp(account_id, now)^
SELECT
    totp_id,
    name,
    secret
FROM totp
WHERE account_id = :account_id AND confirmed_at IS NULL AND expires_at > :now;

-- name: confirm_totp(totp_id, step, now)!
UPDATE totp
SET
    confirmed_at = :now,
    last_used_at = :now,
    last_step = :step,
    expires_at = NULL
WHERE totp_id = :totp_id AND confirmed_at IS NULL AND expires_at > :now;

-- name: find_confirmed_totps(account_id)
SELECT
    totp_id,
    name,
    secret,
    created_at,
    confirmed_at,
    last_used_at
FROM totp
WHERE account_id = :account_id AND confirmed_at IS NOT NULL
ORDER BY confirmed_at, totp_id;

-- name: take_totp_step(totp_id, step, now)!
-- The step of a code, and every one before it, is used up from now on.
UPDATE totp
SET last_step = :step, last_used_at = :now
WHERE totp_id = :totp_id AND confirmed_at IS NOT NULL AND last_step < :step;

-- name: rename_totp(account_id, totp_id, name)!
UPDATE totp
SET name = :name
WHERE
    totp_id = :totp_id
    AND account_id = :account_id
    AND confirmed_at IS NOT NULL;

-- name: delete_totp(account_id, totp_id)!
DELETE FROM totp
WHERE
    totp_id = :totp_id
    AND account_id = :account_id
    AND confirmed_at IS NOT NULL;

-- name: count_totps(account_id)$
SELECT count(*)
FROM totp
WHERE account_id = :account_id AND confirmed_at IS NOT NULL;

-- name: delete_totps(account_id)!
DELETE FROM totp
WHERE account_id = :account_id;

-- name: delete_totps_since(account_id, since)!
DELETE FROM totp
WHERE
    account_id = :account_id
    AND (confirmed_at IS NULL OR confirmed_at >= :since);

-- name: delete_expired_totps(now)!
DELETE FROM totp
WHERE expires_at <= :now;
