-- name: add_registration(registration_id, app, state, age_decision_id, policy_version, country, language, email, phone, username, guardian_email, guardian_phone, extras, password_hash, purposes, birthday_near, started_at, expires_at)!
INSERT INTO registration (
    registration_id,
    app,
    state,
    age_decision_id,
    policy_version,
    country,
    language,
    email,
    phone,
    username,
    guardian_email,
    guardian_phone,
    extras,
    password_hash,
    purposes,
    birthday_near,
    started_at,
    expires_at
)
VALUES (
    :registration_id,
    :app,
    :state,
    :age_decision_id,
    :policy_version,
    :country,
    :language,
    :email,
    :phone,
    :username,
    :guardian_email,
    :guardian_phone,
    :extras,
    :password_hash,
    :purposes,
    :birthday_near,
    :started_at,
    :expires_at
);

-- name: find_registration(registration_id)^
SELECT
    registration.registration_id,
    registration.app,
    registration.state,
    registration.age_decision_id,
    registration.policy_version,
    registration.country,
    registration.language,
    registration.email,
    registration.email_confirmed_at,
    registration.phone,
    registration.phone_confirmed_at,
    registration.username,
    registration.guardian_email,
    registration.guardian_phone,
    registration.extras,
    registration.password_hash,
    registration.purposes,
    registration.to_accept,
    registration.started_at,
    registration.expires_at,
    age_decision.decision,
    age_decision.age_band,
    subject_key.key_id,
    subject_key.wrapped_key
FROM registration
INNER JOIN age_decision ON registration.age_decision_id = age_decision.decision_id
INNER JOIN subject_key ON registration.registration_id = subject_key.subject_id
WHERE registration.registration_id = :registration_id;

-- name: find_outline(registration_id)^
-- Needs no data key: also who can't be read any more is forgotten in time.
SELECT
    registration.registration_id,
    registration.app,
    registration.state,
    registration.policy_version,
    registration.expires_at,
    age_decision.age_band
FROM registration
INNER JOIN age_decision ON registration.age_decision_id = age_decision.decision_id
WHERE registration.registration_id = :registration_id;

-- name: lock_registration(registration_id)^
-- Every step of a registration takes this lock first, so that the first one wins.
SELECT registration_id
FROM registration
WHERE registration_id = :registration_id
FOR UPDATE;

-- name: move_registration(registration_id, state, expires_at)!
UPDATE registration
SET
    state = :state,
    expires_at = :expires_at
WHERE registration_id = :registration_id;

-- name: confirm_email(registration_id, at)!
UPDATE registration
SET email_confirmed_at = :at
WHERE registration_id = :registration_id;

-- name: confirm_phone(registration_id, at)!
UPDATE registration
SET phone_confirmed_at = :at
WHERE registration_id = :registration_id;

-- name: forget_guardian(registration_id)!
UPDATE registration
SET
    guardian_email = NULL,
    guardian_phone = NULL
WHERE registration_id = :registration_id;

-- name: decide_alone(registration_id)!
UPDATE registration
SET
    guardian_email = NULL,
    guardian_phone = NULL,
    to_accept = TRUE
WHERE registration_id = :registration_id;

-- name: accept_policy(registration_id, policy_version, purposes)!
UPDATE registration
SET
    policy_version = :policy_version,
    purposes = :purposes,
    to_accept = FALSE
WHERE registration_id = :registration_id;

-- name: replace_decision(registration_id, age_decision_id)!
UPDATE registration
SET
    age_decision_id = :age_decision_id,
    birthday_near = FALSE
WHERE registration_id = :registration_id;

-- name: delete_registration(registration_id)!
DELETE FROM registration
WHERE registration_id = :registration_id;

-- name: add_end(registration_id, app, completed, ended_at)!
INSERT INTO registration_end (registration_id, app, completed, ended_at)
VALUES (:registration_id, :app, :completed, :ended_at);

-- name: find_end(registration_id)^
SELECT
    app,
    completed
FROM registration_end
WHERE registration_id = :registration_id;

-- name: add_code(registration_id, channel, code_hash, tries_left, expires_at)!
INSERT INTO contact_code (
    registration_id, channel, code_hash, tries_left, sends, expires_at
)
VALUES (:registration_id, :channel, :code_hash, :tries_left, 1, :expires_at);

-- name: replace_code(registration_id, channel, code_hash, tries_left, sends_allowed, expires_at)!
-- Touches no row when the code was used, or codes were sent as often as allowed.
UPDATE contact_code
SET
    code_hash = :code_hash,
    tries_left = :tries_left,
    sends = sends + 1,
    expires_at = :expires_at
WHERE
    registration_id = :registration_id
    AND channel = :channel
    AND used_at IS NULL
    AND sends < :sends_allowed;

-- name: try_code(registration_id, channel, code_hash, at)^
-- Counts the try and, when the code is right, uses it up: one guarded statement.
UPDATE contact_code
SET
    tries_left = tries_left - 1,
    used_at = CASE WHEN code_hash = :code_hash THEN CAST(:at AS timestamptz) END
WHERE
    registration_id = :registration_id
    AND channel = :channel
    AND used_at IS NULL
    AND tries_left > 0
    AND expires_at > :at
RETURNING used_at IS NOT NULL AS matched;

-- name: find_expired_registrations(now, after, batch)
SELECT registration_id
FROM registration
WHERE expires_at <= :now AND registration_id > :after
ORDER BY registration_id
LIMIT :batch;

-- name: find_registrations_near_birthday(after, batch)
SELECT registration_id
FROM registration
WHERE birthday_near AND registration_id > :after
ORDER BY registration_id
LIMIT :batch;

-- name: find_other_apps(apps)
SELECT DISTINCT app
FROM registration_end
WHERE app <> ALL(CAST(:apps AS text[]));

-- name: delete_ends_before(app, before)!
DELETE FROM registration_end
WHERE app = :app AND ended_at < :before;
