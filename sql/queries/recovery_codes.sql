-- name: replace_recovery_code(account_id, number, code_hash, made_at)!
INSERT INTO recovery_code (account_id, number, code_hash, made_at)
VALUES (:account_id, :number, :code_hash, :made_at)
ON CONFLICT (account_id, number) DO UPDATE
    SET
        code_hash = excluded.code_hash,
        made_at = excluded.made_at,
        used_at = NULL;

-- name: use_recovery_code(account_id, code_hash, now)!
UPDATE recovery_code
SET used_at = :now
WHERE account_id = :account_id AND code_hash = :code_hash AND used_at IS NULL;

-- name: count_recovery_codes(account_id)^
SELECT
    count(*) AS made,
    count(*) FILTER (WHERE used_at IS NULL) AS unused,
    max(made_at) AS made_at,
    max(used_at) AS used_at
FROM recovery_code
WHERE account_id = :account_id;

-- name: delete_recovery_codes(account_id)!
DELETE FROM recovery_code
WHERE account_id = :account_id;
