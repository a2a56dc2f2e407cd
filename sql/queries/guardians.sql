-- name: add_request(consent_request_id, registration_id, account_id, guardian_id, policy_version, invited_by, app, guardian_email, guardian_phone, relation, language, link_hash, link_expires_at, match_code, tries_left, sends, asked_at)!
INSERT INTO consent_request (
    consent_request_id,
    registration_id,
    account_id,
    guardian_id,
    policy_version,
    invited_by,
    app,
    state,
    guardian_email,
    guardian_phone,
    relation,
    language,
    link_hash,
    link_expires_at,
    match_code,
    tries_left,
    sends,
    asked_at
)
VALUES (
    :consent_request_id,
    :registration_id,
    :account_id,
    :guardian_id,
    :policy_version,
    :invited_by,
    :app,
    'sent',
    :guardian_email,
    :guardian_phone,
    :relation,
    :language,
    :link_hash,
    :link_expires_at,
    :match_code,
    :tries_left,
    :sends,
    :asked_at
);

-- name: find_request_of(registration_id)^
SELECT
    consent_request_id,
    registration_id,
    account_id,
    guardian_id,
    policy_version,
    purposes,
    method,
    verifications,
    invited_by,
    message_id,
    browser_hash,
    corrections,
    app,
    state,
    guardian_email,
    guardian_phone,
    relation,
    language,
    link_hash,
    link_expires_at,
    match_code,
    tries_left,
    sends,
    asked_at
FROM consent_request
WHERE registration_id = :registration_id;

-- name: find_registration_behind(link_hash)$
SELECT coalesce(registration_id, account_id)
FROM consent_request
WHERE link_hash = :link_hash;

-- name: find_request_behind(link_hash)^
SELECT
    consent_request_id,
    registration_id,
    account_id,
    guardian_id,
    policy_version,
    purposes,
    method,
    verifications,
    invited_by,
    message_id,
    browser_hash,
    corrections,
    app,
    state,
    guardian_email,
    guardian_phone,
    relation,
    language,
    link_hash,
    link_expires_at,
    match_code,
    tries_left,
    sends,
    asked_at
FROM consent_request
WHERE link_hash = :link_hash;

-- name: find_request_of_account(account_id, guardian_id)^
SELECT
    consent_request_id,
    registration_id,
    account_id,
    guardian_id,
    policy_version,
    purposes,
    method,
    verifications,
    invited_by,
    message_id,
    browser_hash,
    corrections,
    app,
    state,
    guardian_email,
    guardian_phone,
    relation,
    language,
    link_hash,
    link_expires_at,
    match_code,
    tries_left,
    sends,
    asked_at
FROM consent_request
WHERE
    account_id = :account_id
    AND guardian_id IS NOT DISTINCT FROM CAST(:guardian_id AS uuid);

-- name: find_request(consent_request_id)^
SELECT
    consent_request_id,
    registration_id,
    account_id,
    guardian_id,
    policy_version,
    purposes,
    method,
    verifications,
    invited_by,
    message_id,
    browser_hash,
    corrections,
    app,
    state,
    guardian_email,
    guardian_phone,
    relation,
    language,
    link_hash,
    link_expires_at,
    match_code,
    tries_left,
    sends,
    asked_at
FROM consent_request
WHERE consent_request_id = :consent_request_id;

-- name: find_subject_of(consent_request_id)$
SELECT coalesce(registration_id, account_id)
FROM consent_request
WHERE consent_request_id = :consent_request_id;

-- name: hold_request(consent_request_id, purposes, method, link_hash, link_expires_at)!
UPDATE consent_request
SET
    state = 'confirm_pending',
    purposes = CAST(:purposes AS text[]),
    method = :method,
    link_hash = :link_hash,
    link_expires_at = :link_expires_at
WHERE consent_request_id = :consent_request_id;

-- name: verify_request(consent_request_id, purposes, method)!
-- The link stays as it is: the guardian can still refuse, or try another way.
UPDATE consent_request
SET
    state = 'verifying',
    purposes = CAST(:purposes AS text[]),
    method = :method,
    verifications = verifications + 1
WHERE consent_request_id = :consent_request_id;

-- name: release_request(consent_request_id, fewer)!
-- What waited for a verification does not wait any more, and was not granted.
UPDATE consent_request
SET
    state = 'opened',
    purposes = NULL,
    method = NULL,
    verifications = verifications - :fewer
WHERE consent_request_id = :consent_request_id AND state = 'verifying';

-- name: delete_request(consent_request_id)$
DELETE FROM consent_request
WHERE consent_request_id = :consent_request_id
RETURNING link_hash;

-- name: delete_requests_of_account(account_id)
DELETE FROM consent_request
WHERE account_id = :account_id
RETURNING link_hash;

-- name: find_link_of(consent_request_id)$
SELECT link_hash
FROM consent_request
WHERE consent_request_id = :consent_request_id;

-- name: replace_link(consent_request_id, link_hash, link_expires_at, tries_left)!
UPDATE consent_request
SET
    link_hash = :link_hash,
    tries_left = :tries_left,
    link_expires_at = :link_expires_at,
    browser_hash = NULL,
    browser_alert = FALSE,
    state = CASE state WHEN 'bounced' THEN 'sent' ELSE state END,
    sends = sends + 1
WHERE consent_request_id = :consent_request_id;

-- name: note_message(consent_request_id, message_id)!
UPDATE consent_request
SET message_id = :message_id
WHERE consent_request_id = :consent_request_id;

-- name: mark_bounced(consent_request_id, message_id)!
UPDATE consent_request
SET state = 'bounced'
WHERE
    consent_request_id = :consent_request_id
    AND message_id = :message_id
    AND state IN ('sent', 'opened');

-- name: correct_request(consent_request_id, guardian_email, guardian_phone, relation, language)!
UPDATE consent_request
SET
    guardian_email = :guardian_email,
    guardian_phone = :guardian_phone,
    relation = :relation,
    language = :language,
    corrections = corrections + 1
WHERE consent_request_id = :consent_request_id;

-- name: restate_relation(consent_request_id, relation)!
UPDATE consent_request
SET relation = :relation
WHERE consent_request_id = :consent_request_id;

-- name: bind_browser(consent_request_id, browser_hash)!
-- The first browser has it; touches no row when another one was first.
UPDATE consent_request
SET browser_hash = :browser_hash
WHERE
    consent_request_id = :consent_request_id
    AND (browser_hash IS NULL OR browser_hash = :browser_hash);

-- name: take_alert(consent_request_id)!
UPDATE consent_request
SET browser_alert = TRUE
WHERE consent_request_id = :consent_request_id AND NOT browser_alert;

-- name: delete_requests_expired(now)
-- Requests about accounts; those about registrations end with them.
DELETE FROM consent_request
WHERE account_id IS NOT NULL AND link_expires_at <= :now
RETURNING link_hash;

-- name: mark_opened(consent_request_id)!
UPDATE consent_request
SET state = 'opened'
WHERE consent_request_id = :consent_request_id AND state = 'sent';

-- name: count_try(consent_request_id)!
UPDATE consent_request
SET tries_left = tries_left - 1
WHERE consent_request_id = :consent_request_id AND tries_left > 0;

-- name: delete_request_of(registration_id)!
DELETE FROM consent_request
WHERE registration_id = :registration_id;

-- name: add_link_end(link_hash, answered, ended_at)!
INSERT INTO consent_link_end (link_hash, answered, ended_at)
VALUES (:link_hash, :answered, :ended_at)
ON CONFLICT (link_hash) DO NOTHING;

-- name: find_link_end(link_hash)$
SELECT answered
FROM consent_link_end
WHERE link_hash = :link_hash;

-- name: add_asked(guardian_index, registration_id, asked_at)!
INSERT INTO guardian_asked (guardian_index, registration_id, asked_at)
VALUES (:guardian_index, :registration_id, :asked_at)
ON CONFLICT (guardian_index, registration_id) DO NOTHING;

-- name: lock_guardian_index(lock_number)!
-- Requests to one guardian are counted one after the other.
SELECT pg_advisory_xact_lock(:lock_number);

-- name: count_asked(guardian_index, since)$
SELECT count(*)
FROM guardian_asked
WHERE guardian_index = :guardian_index AND asked_at > :since;

-- name: suppress(app, guardian_index, suppressed_at)!
INSERT INTO guardian_suppression (app, guardian_index, suppressed_at)
VALUES (:app, :guardian_index, :suppressed_at)
ON CONFLICT (app, guardian_index) DO NOTHING;

-- name: is_suppressed(app, guardian_index)$
SELECT EXISTS(
    SELECT 1
    FROM guardian_suppression
    WHERE app = :app AND guardian_index = :guardian_index
);

-- name: delete_link_ends_before(before)!
DELETE FROM consent_link_end
WHERE ended_at < :before;

-- name: delete_asked_before(before)!
DELETE FROM guardian_asked
WHERE asked_at < :before;

-- name: bar_mailbox(app, guardian_index, barred_at)!
INSERT INTO guardian_bar (app, guardian_index, barred_at)
VALUES (:app, :guardian_index, :barred_at)
ON CONFLICT (app, guardian_index) DO NOTHING;

-- name: is_barred(app, guardian_index)$
SELECT EXISTS(
    SELECT 1
    FROM guardian_bar
    WHERE app = :app AND guardian_index = :guardian_index
);

-- name: delete_bars_before(before)!
DELETE FROM guardian_bar
WHERE barred_at < :before;
