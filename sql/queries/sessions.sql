-- name: end_sessions(account_id, but, now)!
UPDATE session
SET ended_at = :now
WHERE
    account_id = :account_id
    AND ended_at IS NULL
    AND expires_at > :now
    AND session_id IS DISTINCT FROM CAST(:but AS uuid);

-- name: move_to_epoch(session_id, epoch)!
UPDATE session
SET credentials_epoch = :epoch
WHERE session_id = :session_id AND ended_at IS NULL;

-- name: find_app(account_id)$
SELECT app
FROM account
WHERE account_id = :account_id;

-- name: delete_challenges_of(account_id)!
DELETE FROM sign_in_challenge
WHERE account_id = :account_id;
