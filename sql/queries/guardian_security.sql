-- name: add_link(link_hash, guardian_id, account_id, cause, caused_at, expires_at)!
INSERT INTO guardian_security_link (
    link_hash, guardian_id, account_id, cause, caused_at, expires_at
)
VALUES (
    :link_hash, :guardian_id, :account_id, :cause, :caused_at, :expires_at
);

-- name: use_link(link_hash, now)^
UPDATE guardian_security_link
SET reported_at = :now
WHERE
    link_hash = :link_hash
    AND reported_at IS NULL
    AND expires_at > :now
RETURNING
    guardian_id,
    account_id,
    cause,
    caused_at;

-- name: is_reported(link_hash)$
SELECT reported_at IS NOT NULL
FROM guardian_security_link
WHERE link_hash = :link_hash;

-- name: drop_links_since(guardian_id, since)!
-- Whoever did what is reported may hold the links of what came after.
DELETE FROM guardian_security_link
WHERE
    guardian_id = :guardian_id
    AND caused_at >= :since
    AND reported_at IS NULL;

-- name: delete_links_over(now)!
DELETE FROM guardian_security_link
WHERE expires_at <= :now;
