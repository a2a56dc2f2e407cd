-- name: put_new_contact(account_id, kind, contact, code_hash, tries_left, epoch, expires_at)!
INSERT INTO new_contact (
    account_id,
    kind,
    contact,
    code_hash,
    tries_left,
    credentials_epoch,
    expires_at
)
VALUES (
    :account_id,
    :kind,
    :contact,
    :code_hash,
    :tries_left,
    :epoch,
    :expires_at
)
ON CONFLICT (account_id, kind) DO UPDATE
    SET
        contact = excluded.contact,
        code_hash = excluded.code_hash,
        tries_left = excluded.tries_left,
        credentials_epoch = excluded.credentials_epoch,
        expires_at = excluded.expires_at;

-- name: try_code(account_id, kind, code_hash, epoch, now)^
-- Counts the try; who is right is alone with it under the account's lock.
UPDATE new_contact
SET tries_left = tries_left - 1
WHERE
    account_id = :account_id
    AND kind = :kind
    AND tries_left > 0
    AND credentials_epoch = :epoch
    AND expires_at > :now
RETURNING contact, code_hash = CAST(:code_hash AS bytea) AS matched;

-- name: delete_new_contacts(account_id)!
DELETE FROM new_contact
WHERE account_id = :account_id;

-- name: delete_new_contact(account_id, kind)!
DELETE FROM new_contact
WHERE account_id = :account_id AND kind = :kind;

-- name: add_change(change_id, account_id, kind, before, undo_hash, changed_at)!
INSERT INTO contact_change (
    change_id, account_id, kind, before, undo_hash, changed_at
)
VALUES (
    :change_id, :account_id, :kind, :before, :undo_hash, :changed_at
);

-- name: find_change(undo_hash, since)^
SELECT
    change_id,
    account_id,
    kind,
    before,
    changed_at,
    undone_at
FROM contact_change
WHERE undo_hash = :undo_hash AND changed_at > :since;

-- name: undo_change(change_id, now)!
UPDATE contact_change
SET undone_at = :now
WHERE change_id = :change_id AND undone_at IS NULL;

-- name: find_changes_since(account_id, since)
-- What was there first comes first.
SELECT
    change_id,
    account_id,
    kind,
    before,
    changed_at,
    undone_at
FROM contact_change
WHERE
    account_id = :account_id
    AND changed_at >= :since
    AND undone_at IS NULL
ORDER BY changed_at, change_id;

-- name: settle_changes_since(account_id, kind, since, now)!
-- Nothing is left to undo of what came after.
UPDATE contact_change
SET
    undone_at = :now,
    undo_hash = NULL
WHERE
    account_id = :account_id
    AND kind = :kind
    AND changed_at >= :since
    AND undone_at IS NULL;

-- name: find_changes_of(account_id)
SELECT
    change_id,
    account_id,
    kind,
    before,
    changed_at,
    undone_at
FROM contact_change
WHERE account_id = :account_id
ORDER BY changed_at, change_id;

-- name: delete_changes_of(account_id)!
DELETE FROM contact_change
WHERE account_id = :account_id;

-- name: delete_new_contacts_before(now)!
DELETE FROM new_contact
WHERE expires_at < :now;

-- name: delete_changes_before(before)!
DELETE FROM contact_change
WHERE changed_at < :before;
