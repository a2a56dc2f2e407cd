-- name: keep_user_handle(account_id, user_handle)!
INSERT INTO passkey_holder (account_id, user_handle)
VALUES (:account_id, :user_handle)
ON CONFLICT (account_id) DO NOTHING;

-- name: find_user_handle(account_id)$
SELECT user_handle
FROM passkey_holder
WHERE account_id = :account_id;

-- name: add_passkey_challenge(challenge_hash, purpose, app, account_id, expires_at)!
INSERT INTO passkey_challenge (challenge_hash, purpose, app, account_id, expires_at)
VALUES (:challenge_hash, :purpose, :app, :account_id, :expires_at);

-- name: take_passkey_challenge(challenge_hash, purpose, app, account_id, now)!
DELETE FROM passkey_challenge
WHERE
    challenge_hash = :challenge_hash
    AND purpose = :purpose
    AND app = :app
    AND account_id IS NOT DISTINCT FROM :account_id
    AND expires_at > :now;

-- name: add_passkey(passkey_id, account_id, credential_index, credential_id, public_key, name, sign_count, backup_eligible, backed_up, transports, created_at)!
INSERT INTO passkey (
    passkey_id,
    account_id,
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
    :account_id,
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
    passkey.passkey_id,
    passkey.account_id,
    account.app,
    passkey.public_key,
    passkey.backup_eligible,
    passkey_holder.user_handle
FROM passkey
INNER JOIN account ON passkey.account_id = account.account_id
INNER JOIN passkey_holder ON passkey.account_id = passkey_holder.account_id
WHERE passkey.credential_index = :credential_index;

-- name: find_passkeys(account_id)
SELECT
    passkey_id,
    credential_id,
    name,
    backup_eligible,
    backed_up,
    transports,
    created_at,
    last_used_at
FROM passkey
WHERE account_id = :account_id
ORDER BY created_at, passkey_id;

-- name: use_passkey(passkey_id, sign_count, backed_up, now)!
-- A counter rises with every use, or the passkey has none and it stays at zero.
UPDATE passkey
SET
    sign_count = :sign_count,
    backed_up = :backed_up,
    last_used_at = :now
WHERE
    passkey_id = :passkey_id
    AND (sign_count < :sign_count OR (sign_count = 0 AND :sign_count = 0));

-- name: rename_passkey(account_id, passkey_id, name)!
UPDATE passkey
SET name = :name
WHERE passkey_id = :passkey_id AND account_id = :account_id;

-- name: delete_passkey(account_id, passkey_id)!
DELETE FROM passkey
WHERE passkey_id = :passkey_id AND account_id = :account_id;

-- name: count_passkeys(account_id)$
SELECT count(*)
FROM passkey
WHERE account_id = :account_id;

-- name: delete_passkeys(account_id)!
WITH holder AS (
    DELETE FROM passkey_holder
    WHERE account_id = :account_id
),

challenge AS (
    DELETE FROM passkey_challenge
    WHERE account_id = :account_id
)

DELETE FROM passkey
WHERE account_id = :account_id;

-- name: delete_passkeys_since(account_id, since)!
DELETE FROM passkey
WHERE account_id = :account_id AND created_at >= :since;

-- name: delete_expired_passkey_challenges(now)!
DELETE FROM passkey_challenge
WHERE expires_at <= :now;
