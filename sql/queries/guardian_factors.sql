-- name: find_factors(guardian_id)^
-- Which factors a guardian has.
SELECT
    exists(
        SELECT 1
        FROM guardian_passkey
        WHERE guardian_passkey.guardian_id = guardian.guardian_id
    ) AS passkey,
    exists(
        SELECT 1
        FROM guardian_totp
        WHERE
            guardian_totp.guardian_id = guardian.guardian_id
            AND guardian_totp.confirmed_at IS NOT NULL
    ) AS totp
FROM guardian
WHERE guardian.guardian_id = :guardian_id;

-- name: lock_factors(guardian_id)^
-- The same, while nobody else changes them; who signs in meanwhile need not wait.
SELECT
    exists(
        SELECT 1
        FROM guardian_passkey
        WHERE guardian_passkey.guardian_id = guardian.guardian_id
    ) AS passkey,
    exists(
        SELECT 1
        FROM guardian_totp
        WHERE
            guardian_totp.guardian_id = guardian.guardian_id
            AND guardian_totp.confirmed_at IS NOT NULL
    ) AS totp
FROM guardian
WHERE guardian.guardian_id = :guardian_id
FOR NO KEY UPDATE OF guardian;

-- name: keep_user_handle(guardian_id, user_handle)!
INSERT INTO guardian_passkey_holder (guardian_id, user_handle)
VALUES (:guardian_id, :user_handle)
ON CONFLICT (guardian_id) DO NOTHING;

-- name: find_user_handle(guardian_id)$
SELECT user_handle
FROM guardian_passkey_holder
WHERE guardian_id = :guardian_id;

-- name: add_challenge(challenge_hash, purpose, app, guardian_id, expires_at)!
INSERT INTO guardian_passkey_challenge (
    challenge_hash, purpose, app, guardian_id, expires_at
)
VALUES (:challenge_hash, :purpose, :app, :guardian_id, :expires_at);

-- name: take_challenge(challenge_hash, purpose, app, guardian_id, now)!
DELETE FROM guardian_passkey_challenge
WHERE
    challenge_hash = :challenge_hash
    AND purpose = :purpose
    AND app = :app
    AND guardian_id IS NOT DISTINCT FROM :guardian_id
    AND expires_at > :now;

-- name: add_passkey(passkey_id, guardian_id, credential_index, credential_id, public_key, name, sign_count, backup_eligible, backed_up, transports, created_at)!
INSERT INTO guardian_passkey (
    passkey_id,
    guardian_id,
    credential_index,
    credential_id,
    public_key,
    name,
    sign_count,
    backup_eligible,
    backed_up,
    transports,
    created_at
)
VALUES (
    :passkey_id,
    :guardian_id,
    :credential_index,
    :credential_id,
    :public_key,
    :name,
    :sign_count,
    :backup_eligible,
    :backed_up,
    :transports,
    :created_at
)
ON CONFLICT (credential_index) DO NOTHING;

-- name: find_passkey(credential_index)^
SELECT
    guardian_passkey.passkey_id,
    guardian_passkey.guardian_id,
    guardian.app,
    guardian_passkey.public_key,
    guardian_passkey.backup_eligible,
    guardian_passkey_holder.user_handle
FROM guardian_passkey
INNER JOIN guardian ON guardian_passkey.guardian_id = guardian.guardian_id
INNER JOIN
    guardian_passkey_holder
    ON guardian_passkey.guardian_id = guardian_passkey_holder.guardian_id
WHERE
    guardian_passkey.credential_index = :credential_index
    AND guardian.barred_at IS NULL;

-- name: find_passkeys(guardian_id)
SELECT
    passkey_id,
    credential_id,
    name,
    backup_eligible,
    backed_up,
    transports,
    created_at,
    last_used_at
FROM guardian_passkey
WHERE guardian_id = :guardian_id
ORDER BY created_at, passkey_id;

-- name: use_passkey(passkey_id, sign_count, backed_up, now)!
-- A counter rises with every use, or the passkey has none and it stays at zero.
UPDATE guardian_passkey
SET
    sign_count = :sign_count,
    backed_up = :backed_up,
    last_used_at = :now
WHERE
    passkey_id = :passkey_id
    AND (sign_count < :sign_count OR (sign_count = 0 AND :sign_count = 0));

-- name: rename_passkey(guardian_id, factor_id, name)!
UPDATE guardian_passkey
SET name = :name
WHERE passkey_id = :factor_id AND guardian_id = :guardian_id;

-- name: delete_passkey(guardian_id, factor_id)!
DELETE FROM guardian_passkey
WHERE passkey_id = :factor_id AND guardian_id = :guardian_id;

-- name: begin_totp(totp_id, guardian_id, name, secret, created_at, expires_at)!
-- There is one unconfirmed app at a time: a later one takes its place.
INSERT INTO guardian_totp (
    totp_id, guardian_id, name, secret, created_at, expires_at
)
VALUES (:totp_id, :guardian_id, :name, :secret, :created_at, :expires_at)
ON CONFLICT (guardian_id) WHERE confirmed_at IS NULL DO UPDATE
    SET
        totp_id = excluded.totp_id,
        name = excluded.name,
        secret = excluded.secret,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at;

-- name: find_unconfirmed_totp(guardian_id, now)^
SELECT
    totp_id,
    name,
    secret
FROM guardian_totp
WHERE
    guardian_id = :guardian_id
    AND confirmed_at IS NULL
    AND expires_at > :now;

-- name: confirm_totp(totp_id, step, now)!
UPDATE guardian_totp
SET
    confirmed_at = :now,
    last_used_at = :now,
    last_step = :step,
    expires_at = NULL
WHERE totp_id = :totp_id AND confirmed_at IS NULL AND expires_at > :now;

-- name: find_totps(guardian_id)
SELECT
    totp_id,
    name,
    secret,
    created_at,
    confirmed_at,
    last_used_at
FROM guardian_totp
WHERE guardian_id = :guardian_id AND confirmed_at IS NOT NULL
ORDER BY confirmed_at, totp_id;

-- name: take_step(totp_id, step, now)!
-- The step of a code, and every one before it, is used up from now on.
UPDATE guardian_totp
SET
    last_step = :step,
    last_used_at = :now
WHERE
    totp_id = :totp_id
    AND confirmed_at IS NOT NULL
    AND last_step < :step;

-- name: rename_totp(guardian_id, factor_id, name)!
UPDATE guardian_totp
SET name = :name
WHERE
    totp_id = :factor_id
    AND guardian_id = :guardian_id
    AND confirmed_at IS NOT NULL;

-- name: delete_totp(guardian_id, factor_id)!
DELETE FROM guardian_totp
WHERE
    totp_id = :factor_id
    AND guardian_id = :guardian_id
    AND confirmed_at IS NOT NULL;

-- name: set_password(guardian_id, password_hash, set_at)!
INSERT INTO guardian_password (guardian_id, password_hash, set_at)
VALUES (:guardian_id, :password_hash, :set_at)
ON CONFLICT (guardian_id) DO UPDATE
    SET
        password_hash = excluded.password_hash,
        set_at = excluded.set_at;

-- name: strengthen_password(guardian_id, password_hash, set_at)!
-- The same password; unless it was changed meanwhile.
UPDATE guardian_password
SET password_hash = :password_hash
WHERE guardian_id = :guardian_id AND set_at = :set_at;

-- name: find_password(guardian_id)^
SELECT
    password_hash,
    set_at
FROM guardian_password
WHERE guardian_id = :guardian_id;

-- name: delete_password(guardian_id)!
DELETE FROM guardian_password
WHERE guardian_id = :guardian_id;

-- name: delete_since(guardian_id, since)!
-- What was added since, or begun; and a password that no app stands beside any more.
WITH gone AS (
    DELETE FROM guardian_totp
    WHERE
        guardian_id = :guardian_id
        AND (confirmed_at IS NULL OR confirmed_at >= :since)
    RETURNING totp_id
),

password AS (
    DELETE FROM guardian_password
    WHERE
        guardian_id = :guardian_id
        AND (
            set_at >= :since
            OR NOT EXISTS (
                SELECT 1
                FROM guardian_totp
                WHERE
                    guardian_totp.guardian_id = :guardian_id
                    AND guardian_totp.confirmed_at < :since
            )
        )
),

challenges AS (
    DELETE FROM guardian_passkey_challenge
    WHERE guardian_id = :guardian_id
)

DELETE FROM guardian_passkey
WHERE guardian_id = :guardian_id AND created_at >= :since;

-- name: delete_lone_password(guardian_id)!
DELETE FROM guardian_password
WHERE
    guardian_id = :guardian_id
    AND NOT EXISTS (
        SELECT 1
        FROM guardian_totp
        WHERE
            guardian_totp.guardian_id = :guardian_id
            AND guardian_totp.confirmed_at IS NOT NULL
    );

-- name: delete_overdue(now)!
WITH challenges AS (
    DELETE FROM guardian_passkey_challenge
    WHERE expires_at <= :now
)

DELETE FROM guardian_totp
WHERE expires_at <= :now;

-- name: ask_recovery(guardian_id, asked_at, due_at)!
INSERT INTO guardian_recovery (guardian_id, asked_at, due_at)
VALUES (:guardian_id, :asked_at, :due_at)
ON CONFLICT (guardian_id) DO NOTHING;

-- name: find_recovery(guardian_id)$
SELECT due_at
FROM guardian_recovery
WHERE guardian_id = :guardian_id;

-- name: cancel_recovery(guardian_id)!
DELETE FROM guardian_recovery
WHERE guardian_id = :guardian_id;

-- name: find_due_recoveries(after, now, batch)
SELECT guardian_id
FROM guardian_recovery
WHERE due_at <= :now AND guardian_id > :after
ORDER BY guardian_id
LIMIT :batch;

-- name: take_due_recovery(guardian_id, now)!
DELETE FROM guardian_recovery
WHERE guardian_id = :guardian_id AND due_at <= :now;

-- name: note_recovered(guardian_id, now)!
UPDATE guardian
SET recovered_at = :now
WHERE guardian_id = :guardian_id;
