-- name: count_repeat(key_hash, now)^
UPDATE idempotency
SET repeats = repeats + 1
WHERE key_hash = :key_hash AND expires_at > :now
RETURNING body_hash, answer;

-- name: claim_key(key_hash, body_hash, subject_id, now, expires_at)!
-- Touches no row when the key is in use; an expired one is taken over.
INSERT INTO idempotency (key_hash, body_hash, subject_id, answer, expires_at)
VALUES (:key_hash, :body_hash, :subject_id, '{}', :expires_at)
ON CONFLICT (key_hash) DO UPDATE
    SET
        body_hash = excluded.body_hash,
        subject_id = excluded.subject_id,
        answer = excluded.answer,
        expires_at = excluded.expires_at,
        repeats = 0
    WHERE idempotency.expires_at <= :now;

-- name: keep_answer(key_hash, answer)!
UPDATE idempotency
SET answer = CAST(CAST(:answer AS text) AS jsonb)
WHERE key_hash = :key_hash;

-- name: delete_expired_answers(now)!
DELETE FROM idempotency
WHERE expires_at <= :now;

-- name: delete_answers_of(subject_id)!
DELETE FROM idempotency
WHERE subject_id = :subject_id;
