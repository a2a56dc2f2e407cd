-- name: add_session(session_id, account_id, epoch, kind, aal, methods, auth_time, now, expires_at, device, token_hash)!
-- Of an account that has been changed meanwhile there is none to open, nor of one
-- whose holder's age is under review. One that lacks consent can be seen and given up.
INSERT INTO session (
    session_id,
    account_id,
    app,
    kind,
    aal,
    methods,
    auth_time,
    opened_at,
    last_used_at,
    expires_at,
    credentials_epoch,
    device,
    token_hash
)
SELECT
    :session_id,
    account.account_id,
    account.app,
    :kind,
    :aal,
    :methods,
    :auth_time,
    CAST(:now AS timestamptz) AS opened_at,
    CAST(:now AS timestamptz) AS last_used_at,
    :expires_at,
    account.credentials_epoch,
    :device,
    :token_hash
FROM account
WHERE
    account.account_id = :account_id
    AND account.credentials_epoch = :epoch
    AND account.locked_at IS NULL;

-- name: find_session(session_id, now)^
-- A session that holds, and what a token says of its holder.
SELECT
    session.session_id,
    session.account_id,
    session.app,
    session.kind,
    session.aal,
    session.methods,
    session.auth_time,
    session.opened_at,
    session.last_used_at,
    session.expires_at,
    session.credentials_epoch,
    account.age_band,
    granted.purposes,
    granted.states,
    granted.ends,
    account.state = 'suspended' AS suspended
FROM session
INNER JOIN account ON session.account_id = account.account_id
CROSS JOIN LATERAL granted_now(account.account_id) AS granted
WHERE
    session.session_id = :session_id
    AND session.ended_at IS NULL
    AND session.expires_at > :now
    AND session.credentials_epoch = account.credentials_epoch
    AND account.locked_at IS NULL;

-- name: hold_session(session_id)$
-- Whoever changes what the session is carried by waits for this transaction.
SELECT session_id
FROM session
WHERE session_id = :session_id
FOR NO KEY UPDATE;

-- name: find_presence(session_id)^
-- The same in a glance, for every request; until when it lasts is for the caller to
-- see: a time costs more to hand over than to be handed.
SELECT
    session.session_id,
    session.account_id,
    session.app,
    session.aal,
    session.methods,
    session.auth_time,
    session.last_used_at,
    session.expires_at,
    session.credentials_epoch,
    account.state = 'suspended' AS suspended
FROM session
INNER JOIN account ON session.account_id = account.account_id
WHERE
    session.session_id = :session_id
    AND session.ended_at IS NULL
    AND session.credentials_epoch = account.credentials_epoch
    AND account.locked_at IS NULL;

-- name: find_presence_by_cookie(token_hash)^
SELECT
    session.session_id,
    session.account_id,
    session.app,
    session.aal,
    session.methods,
    session.auth_time,
    session.last_used_at,
    session.expires_at,
    session.credentials_epoch,
    account.state = 'suspended' AS suspended
FROM session
INNER JOIN account ON session.account_id = account.account_id
WHERE
    session.token_hash = :token_hash
    AND session.ended_at IS NULL
    AND session.credentials_epoch = account.credentials_epoch
    AND account.locked_at IS NULL;

-- name: find_shown(session_id, epoch)^
-- Whose session it is, and all that they are shown of their account.
SELECT
    account.account_id,
    account.app,
    account.state,
    account.suspended_for,
    account.own_word_due,
    account.age_band,
    account.country,
    account.language,
    account.email,
    account.phone,
    account.username,
    account.extras,
    account.opened_at,
    subject_key.key_id,
    subject_key.wrapped_key,
    session.last_used_at,
    session.expires_at,
    granted.purposes,
    granted.states,
    granted.ends,
    (
        SELECT policy_acceptance.policy_version
        FROM policy_acceptance
        WHERE policy_acceptance.account_id = account.account_id
        ORDER BY policy_acceptance.accepted_at DESC
        LIMIT 1
    ) AS policy_version,
    array(
        SELECT identifier.kind
        FROM identifier
        WHERE
            identifier.subject_id = account.account_id
            AND identifier.held_until IS NULL
    ) AS identifiers
FROM session
INNER JOIN account ON session.account_id = account.account_id
INNER JOIN subject_key ON account.account_id = subject_key.subject_id
CROSS JOIN LATERAL granted_now(account.account_id) AS granted
WHERE
    session.session_id = :session_id
    AND session.ended_at IS NULL
    AND session.credentials_epoch = account.credentials_epoch
    AND account.credentials_epoch = :epoch
    AND account.locked_at IS NULL;

-- name: touch_session(session_id, now)!
UPDATE session
SET last_used_at = :now
WHERE session_id = :session_id AND last_used_at < :now;

-- name: list_sessions(account_id, now)
SELECT
    session.session_id,
    session.kind,
    session.aal,
    session.opened_at,
    session.last_used_at,
    session.expires_at,
    session.device
FROM session
INNER JOIN account ON session.account_id = account.account_id
WHERE
    session.account_id = :account_id
    AND session.ended_at IS NULL
    AND session.expires_at > :now
    AND session.credentials_epoch = account.credentials_epoch
ORDER BY session.last_used_at DESC, session.session_id ASC;

-- name: list_every_session(account_id)
SELECT
    session_id,
    kind,
    aal,
    opened_at,
    last_used_at,
    expires_at,
    device
FROM session
WHERE account_id = :account_id
ORDER BY opened_at, session_id;

-- name: raise_session(session_id, aal, methods, auth_time, token_hash)!
-- A cookie is changed with the level; an app's tokens are in a table of their own.
UPDATE session
SET
    aal = :aal,
    methods = :methods,
    auth_time = :auth_time,
    last_used_at = :auth_time,
    token_hash = :token_hash
WHERE session_id = :session_id AND ended_at IS NULL;

-- name: end_session(session_id, account_id, now)!
UPDATE session
SET ended_at = :now
WHERE
    session_id = :session_id
    AND account_id = :account_id
    AND ended_at IS NULL
    AND expires_at > :now;

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

-- name: move_all_to_epoch(account_id, epoch)!
-- A session that an epoch has ended before stays ended.
UPDATE session
SET credentials_epoch = :epoch
WHERE
    account_id = :account_id
    AND ended_at IS NULL
    AND credentials_epoch = CAST(:epoch AS bigint) - 1;

-- name: find_app(account_id)$
SELECT app
FROM account
WHERE account_id = :account_id;

-- name: find_owner(session_id)^
SELECT
    session.account_id,
    session.app
FROM session
WHERE session.session_id = :session_id AND session.ended_at IS NULL;

-- name: add_refresh_token(token_hash, session_id, now)!
INSERT INTO refresh_token (token_hash, session_id, issued_at)
VALUES (:token_hash, :session_id, :now);

-- name: use_refresh_token(token_hash, successor, successor_hash, now)!
-- Whoever comes second waits here, and finds it used.
UPDATE refresh_token
SET
    used_at = :now,
    successor = :successor,
    successor_hash = :successor_hash
WHERE token_hash = :token_hash AND used_at IS NULL;

-- name: use_refresh_tokens_of(session_id, successor, successor_hash, now)!
UPDATE refresh_token
SET
    used_at = :now,
    successor = :successor,
    successor_hash = :successor_hash
WHERE session_id = :session_id AND used_at IS NULL;

-- name: find_successor(token_hash, used_after)$
-- What a lost answer had brought, as long as nobody has used it.
SELECT successor
FROM refresh_token
WHERE token_hash = :token_hash AND used_at > :used_after;

-- name: drop_successor(successor_hash)!
UPDATE refresh_token
SET successor = NULL
WHERE successor_hash = :successor_hash AND successor IS NOT NULL;

-- name: delete_refresh_tokens_used_before(before, batch)!
DELETE FROM refresh_token
WHERE token_hash IN (
    SELECT old.token_hash
    FROM refresh_token AS old
    WHERE old.used_at < :before
    ORDER BY old.used_at
    LIMIT :batch
);

-- name: add_challenge(challenge_hash, account_id, app, kind, methods, epoch, tries, now, expires_at)!
INSERT INTO sign_in_challenge (
    challenge_hash,
    account_id,
    app,
    kind,
    methods,
    credentials_epoch,
    tries_left,
    begun_at,
    expires_at
)
VALUES (
    :challenge_hash,
    :account_id,
    :app,
    :kind,
    :methods,
    :epoch,
    :tries,
    :now,
    :expires_at
);

-- name: try_challenge(challenge_hash, now)^
-- Counts a try; whoever else tries the same waits for this transaction.
UPDATE sign_in_challenge
SET tries_left = sign_in_challenge.tries_left - 1
FROM account
WHERE
    sign_in_challenge.challenge_hash = :challenge_hash
    AND sign_in_challenge.tries_left > 0
    AND sign_in_challenge.expires_at > :now
    AND account.account_id = sign_in_challenge.account_id
    AND account.credentials_epoch = sign_in_challenge.credentials_epoch
    AND account.locked_at IS NULL
RETURNING
    sign_in_challenge.account_id,
    sign_in_challenge.app,
    sign_in_challenge.kind,
    sign_in_challenge.methods,
    sign_in_challenge.credentials_epoch;

-- name: delete_challenge(challenge_hash)!
DELETE FROM sign_in_challenge
WHERE challenge_hash = :challenge_hash;

-- name: delete_challenges_of(account_id)!
DELETE FROM sign_in_challenge
WHERE account_id = :account_id;

-- name: delete_expired_challenges(now)!
DELETE FROM sign_in_challenge
WHERE expires_at <= :now;

-- name: delete_sessions_before(app, before, batch)!
DELETE FROM session
WHERE session_id IN (
    SELECT old.session_id
    FROM session AS old
    WHERE
        old.app = :app
        AND least(old.expires_at, coalesce(old.ended_at, old.expires_at)) < :before
    ORDER BY old.expires_at
    LIMIT :batch
);

-- name: delete_sessions_of(account_id)!
DELETE FROM session
WHERE account_id = :account_id;

-- name: find_other_apps(apps)
SELECT DISTINCT app
FROM session
WHERE app <> ALL(CAST(:apps AS text[]));
