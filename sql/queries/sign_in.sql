-- name: find_subject(app, blind_index, kinds)^
-- Whose identifier it is: an account's, or a registration's that isn't complete.
SELECT
    identifier.subject_id,
    account.credentials_epoch
FROM identifier
LEFT JOIN account ON identifier.subject_id = account.account_id
WHERE
    identifier.app = :app
    AND identifier.blind_index = :blind_index
    AND identifier.kind = ANY(CAST(:kinds AS text[]))
    AND identifier.held_until IS NULL;

-- name: find_epoch(account_id)$
SELECT credentials_epoch
FROM account
WHERE account_id = :account_id;

-- name: strengthen_hash(account_id, epoch, password_hash)!
-- The same password; unless it was changed meanwhile.
UPDATE account
SET password_hash = :password_hash
WHERE account_id = :account_id AND credentials_epoch = :epoch;
