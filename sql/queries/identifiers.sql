-- name: find_holder(app, blind_index)$
-- Which account somebody can recover by this identifier.
SELECT account.account_id
FROM identifier
INNER JOIN account ON identifier.subject_id = account.account_id
WHERE
    identifier.app = :app
    AND identifier.blind_index = :blind_index
    AND identifier.held_until IS NULL;

-- name: hold_identifier(app, blind_index, account_id, until)!
-- It stays the account's for a while, and nobody is found by it.
UPDATE identifier
SET held_until = :until
WHERE
    app = :app
    AND blind_index = :blind_index
    AND subject_id = :account_id;

-- name: release_identifier(app, blind_index, account_id)!
DELETE FROM identifier
WHERE
    app = :app
    AND blind_index = :blind_index
    AND subject_id = :account_id;

-- name: set_email(account_id, contact)!
UPDATE account
SET email = :contact
WHERE account_id = :account_id;

-- name: set_phone(account_id, contact)!
UPDATE account
SET phone = :contact
WHERE account_id = :account_id;

-- name: delete_held_before(now)!
DELETE FROM identifier
WHERE held_until < :now;
