-- name: add_sign_in(sign_in_id, app, blind_index, code_hash, language, tries_left, asked_at, expires_at)!
INSERT INTO guardian_sign_in (
    sign_in_id,
    app,
    blind_index,
    code_hash,
    language,
    tries_left,
    asked_at,
    expires_at
)
VALUES (
    :sign_in_id,
    :app,
    :blind_index,
    :code_hash,
    :language,
    :tries_left,
    :asked_at,
    :expires_at
);

-- name: find_waiting(after, now, batch)
-- Who asked to sign in, and was not looked for yet.
SELECT
    sign_in_id,
    app,
    blind_index
FROM guardian_sign_in
WHERE
    link_hash IS NULL
    AND tries_left > 0
    AND expires_at > :now
    AND sign_in_id > :after
ORDER BY sign_in_id
LIMIT :batch;

-- name: count_recent(app, blind_index, since)$
SELECT count(*)
FROM guardian_sign_in
WHERE
    app = :app
    AND blind_index = :blind_index
    AND link_hash IS NOT NULL
    AND asked_at > :since;

-- name: write_to(sign_in_id, guardian_id, link_hash)!
UPDATE guardian_sign_in
SET
    guardian_id = :guardian_id,
    link_hash = :link_hash
WHERE sign_in_id = :sign_in_id AND link_hash IS NULL AND tries_left > 0;

-- name: write_to_nobody(sign_in_id)!
UPDATE guardian_sign_in
SET tries_left = 0
WHERE sign_in_id = :sign_in_id AND link_hash IS NULL;

-- name: lock_sign_in(link_hash, now)^
SELECT
    sign_in_id,
    guardian_id,
    code_hash,
    tries_left
FROM guardian_sign_in
WHERE link_hash = :link_hash AND expires_at > :now
FOR UPDATE;

-- name: count_try(sign_in_id)!
UPDATE guardian_sign_in
SET tries_left = tries_left - 1
WHERE sign_in_id = :sign_in_id AND tries_left > 0;

-- name: use_up(sign_in_id, now)!
UPDATE guardian_sign_in
SET
    tries_left = 0,
    expires_at = :now
WHERE sign_in_id = :sign_in_id;

-- name: add_session(session_hash, guardian_id, methods, opened_at, expires_at)!
INSERT INTO guardian_session (
    session_hash, guardian_id, methods, opened_at, proven_at, expires_at
)
VALUES (
    :session_hash, :guardian_id, :methods, :opened_at, :opened_at, :expires_at
);

-- name: find_session(session_hash, now)^
SELECT
    guardian_session.guardian_id,
    guardian_session.methods,
    guardian_session.proven_at,
    exists(
        SELECT 1
        FROM guardian_passkey
        WHERE guardian_passkey.guardian_id = guardian.guardian_id
    ) AS passkey,
    exists(
        SELECT 1
        FROM guardian_totp
        WHERE
            guardian_totp.guardian_id = guardian.guardian_id
            AND guardian_totp.confirmed_at IS NOT NULL
    ) AS totp
FROM guardian_session
INNER JOIN guardian ON guardian_session.guardian_id = guardian.guardian_id
WHERE
    guardian_session.session_hash = :session_hash
    AND guardian_session.expires_at > :now
    AND guardian.barred_at IS NULL;

-- name: raise_session(session_hash, new_hash, methods, now)$
-- The session goes on under another secret, with one more proof.
UPDATE guardian_session
SET
    session_hash = :new_hash,
    methods = :methods,
    proven_at = :now
WHERE session_hash = :session_hash AND expires_at > :now
RETURNING expires_at;

-- name: close_links(guardian_id)!
UPDATE guardian_sign_in
SET tries_left = 0
WHERE guardian_id = :guardian_id;

-- name: end_sessions(guardian_id, keep)!
DELETE FROM guardian_session
WHERE
    guardian_id = :guardian_id
    AND session_hash IS DISTINCT FROM CAST(:keep AS bytea);

-- name: delete_session(session_hash)!
DELETE FROM guardian_session
WHERE session_hash = :session_hash;

-- name: delete_sign_ins_before(before)!
DELETE FROM guardian_sign_in
WHERE expires_at < :before;

-- name: delete_sessions_over(now)!
DELETE FROM guardian_session
WHERE expires_at <= :now;
