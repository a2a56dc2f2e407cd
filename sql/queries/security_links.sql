-- name: add_security_link(link_hash, account_id, cause, channel, recipient, caused_at, expires_at)!
INSERT INTO security_link (
    link_hash, account_id, cause, channel, recipient, caused_at, expires_at
)
VALUES (
    :link_hash,
    :account_id,
    :cause,
    :channel,
    :recipient,
    :caused_at,
    :expires_at
);

-- name: use_security_link(link_hash, at)$
UPDATE security_link
SET reported_at = :at
WHERE
    link_hash = :link_hash
    AND reported_at IS NULL
    AND expires_at > :at
RETURNING account_id;

-- name: drop_security_links_since(account_id, since)!
-- Whoever did what is reported may hold the links of what came after.
DELETE FROM security_link
WHERE
    account_id = :account_id
    AND caused_at >= :since
    AND reported_at IS NULL;

-- name: find_security_link(link_hash)^
SELECT
    account_id,
    cause,
    channel,
    recipient,
    caused_at
FROM security_link
WHERE link_hash = :link_hash;

-- name: is_reported(link_hash)$
SELECT reported_at IS NOT NULL
FROM security_link
WHERE link_hash = :link_hash;

-- name: find_security_links(account_id)
SELECT
    cause,
    channel,
    caused_at,
    expires_at,
    reported_at
FROM security_link
WHERE account_id = :account_id
ORDER BY caused_at;

-- name: delete_security_links(account_id)!
DELETE FROM security_link
WHERE account_id = :account_id;

-- name: delete_security_links_before(before)!
DELETE FROM security_link
WHERE expires_at < :before;
