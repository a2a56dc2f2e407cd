-- name: add_account(account_id, app, age_decision_id, age_band, country, language, email, phone, username, extras, password_hash, opened_at)!
INSERT INTO account (
    account_id,
    app,
    state,
    age_decision_id,
    age_band,
    country,
    language,
    email,
    phone,
    username,
    extras,
    password_hash,
    opened_at
)
VALUES (
    :account_id,
    :app,
    'active',
    :age_decision_id,
    :age_band,
    :country,
    :language,
    :email,
    :phone,
    :username,
    :extras,
    :password_hash,
    :opened_at
);

-- name: claim_identifiers(app, subject_id, blind_indexes, kinds)!
-- Touches as many rows as it is given, unless somebody else has one of them.
INSERT INTO identifier (app, blind_index, kind, subject_id)
SELECT
    :app,
    given.blind_index,
    given.kind,
    CAST(:subject_id AS uuid) AS subject_id
FROM
    unnest(
        CAST(:blind_indexes AS bytea[]),
        CAST(:kinds AS text[])
    ) AS given (blind_index, kind)
ORDER BY given.blind_index
ON CONFLICT (app, blind_index) DO UPDATE
    SET
        kind = excluded.kind,
        held_until = NULL
    WHERE identifier.subject_id = excluded.subject_id;

-- name: find_owner(app, blind_index)$
SELECT subject_id
FROM identifier
WHERE app = :app AND blind_index = :blind_index;

-- name: find_band(app, blind_index)$
SELECT account.age_band
FROM identifier
INNER JOIN account ON identifier.subject_id = account.account_id
WHERE identifier.app = :app AND identifier.blind_index = :blind_index;

-- name: add_acceptance(account_id, policy_version, text_sha256, accepted_by, accepted_at)!
INSERT INTO policy_acceptance (
    account_id, policy_version, text_sha256, accepted_by, accepted_at
)
VALUES (
    :account_id, :policy_version, :text_sha256, :accepted_by, :accepted_at
)
ON CONFLICT (account_id, policy_version, accepted_by) DO UPDATE
    SET accepted_at = excluded.accepted_at;

-- name: add_grant(grant_id, account_id, purpose, given_by, giver_id, state, method, strength, policy_version, given_at, ends_at, evidence_sha256)!
INSERT INTO consent_grant (
    grant_id,
    account_id,
    purpose,
    given_by,
    giver_id,
    state,
    method,
    strength,
    policy_version,
    given_at,
    ends_at,
    evidence_sha256
)
VALUES (
    :grant_id,
    :account_id,
    :purpose,
    :given_by,
    :giver_id,
    :state,
    :method,
    :strength,
    :policy_version,
    :given_at,
    :ends_at,
    :evidence_sha256
);

-- name: watch_age(account_id, watch_from)!
INSERT INTO age_watch (account_id, watch_from)
VALUES (:account_id, :watch_from)
ON CONFLICT (account_id) DO UPDATE
    SET watch_from = excluded.watch_from;

-- name: find_account(account_id)^
-- Of its contacts, those by which somebody is found are confirmed.
SELECT
    account.account_id,
    account.app,
    account.state,
    account.suspended_for,
    account.age_band,
    account.language,
    account.email,
    account.phone,
    account.username,
    account.extras,
    account.password_hash,
    account.password_short,
    account.locked_at,
    subject_key.key_id,
    subject_key.wrapped_key,
    array(
        SELECT identifier.kind
        FROM identifier
        WHERE
            identifier.subject_id = account.account_id
            AND identifier.held_until IS NULL
    ) AS identifiers
FROM account
INNER JOIN subject_key ON account.account_id = subject_key.subject_id
WHERE account.account_id = :account_id;

-- name: lock_account(account_id)^
-- Whatever changes what an account is signed in with takes this lock first.
SELECT account_id
FROM account
WHERE account_id = :account_id
FOR NO KEY UPDATE;

-- name: replace_password(account_id, password_hash, password_short)!
-- The way to sign in is open again: somebody who may has set the password.
UPDATE account
SET
    password_hash = :password_hash,
    password_short = :password_short,
    locked_at = NULL
WHERE account_id = :account_id;

-- name: lock_sign_in(account_id, at)!
UPDATE account
SET locked_at = :at
WHERE account_id = :account_id;

-- name: raise_epoch(account_id)$
UPDATE account
SET credentials_epoch = credentials_epoch + 1
WHERE account_id = :account_id
RETURNING credentials_epoch;
