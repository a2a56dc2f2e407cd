-- name: put_move(account_id, country, asked_at, due_at)!
-- Asked again for the same place, the wait does not begin anew.
INSERT INTO account_move (account_id, country, asked_at, due_at)
VALUES (:account_id, :country, :asked_at, :due_at)
ON CONFLICT (account_id) DO UPDATE
    SET
        country = excluded.country,
        asked_at = excluded.asked_at,
        due_at = excluded.due_at
    WHERE account_move.country <> excluded.country;

-- name: find_move(account_id)^
SELECT
    account_id,
    country,
    due_at
FROM account_move
WHERE account_id = :account_id;

-- name: delete_move(account_id)!
DELETE FROM account_move
WHERE account_id = :account_id;

-- name: find_moves_due(now, after, batch)
SELECT
    account_id,
    country,
    due_at
FROM account_move
WHERE due_at <= :now AND account_id > :after
ORDER BY account_id
LIMIT :batch;

-- name: find_accounts(after, batch)
SELECT account_id
FROM account
WHERE account_id > :after
ORDER BY account_id
LIMIT :batch;
