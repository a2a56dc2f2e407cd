-- name: add_subject_key(subject_id, key_id, wrapped_key, created_at)!
INSERT INTO subject_key (subject_id, key_id, wrapped_key, created_at)
VALUES (:subject_id, :key_id, :wrapped_key, :created_at);

-- name: find_subject_key(subject_id)^
SELECT
    key_id,
    wrapped_key
FROM subject_key
WHERE subject_id = :subject_id;

-- name: delete_subject_key(subject_id)!
DELETE FROM subject_key
WHERE subject_id = :subject_id;

-- name: lock_keys_wrapped_otherwise(key_id, batch)
-- Subject keys that an older key still wraps, for `agegate keys rewrap`.
SELECT
    subject_id,
    key_id,
    wrapped_key
FROM subject_key
WHERE key_id <> :key_id
ORDER BY subject_id
LIMIT :batch
FOR NO KEY UPDATE;

-- name: replace_subject_key(subject_id, key_id, wrapped_key)!
UPDATE subject_key
SET
    key_id = :key_id,
    wrapped_key = :wrapped_key
WHERE subject_id = :subject_id;
