-- name: find_enrolled(account_id)^
SELECT
    EXISTS(
        SELECT FROM totp
        WHERE account_id = :account_id AND confirmed_at IS NOT NULL
    ) AS totp,
    EXISTS(
        SELECT FROM passkey
        WHERE account_id = :account_id
    ) AS passkey,
    EXISTS(
        SELECT FROM recovery_code
        WHERE account_id = :account_id AND used_at IS NULL
    ) AS recovery_code;
