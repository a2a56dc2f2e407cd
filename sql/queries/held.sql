-- name: lock_account_if_free(account_id)^
-- No row where somebody else works on the account: a timer comes again.
SELECT account_id
FROM account
WHERE account_id = :account_id
FOR NO KEY UPDATE SKIP LOCKED;

-- name: find_outline(account_id)^
SELECT
    account.account_id,
    account.app,
    account.state,
    account.suspended_for,
    account.suspended_at,
    account.resumes,
    account.own_word_due,
    account.age_decision_id,
    account.age_band,
    account.country,
    account.language,
    age_decision.decision,
    age_decision.method IN ('document', 'card', 'wallet') AS assured,
    (
        SELECT policy_acceptance.policy_version
        FROM policy_acceptance
        WHERE policy_acceptance.account_id = account.account_id
        ORDER BY policy_acceptance.accepted_at DESC
        LIMIT 1
    ) AS policy_version
FROM account
INNER JOIN age_decision ON account.age_decision_id = age_decision.decision_id
WHERE account.account_id = :account_id;

-- name: find_holder(account_id)^
-- How the holder can be written to: contacts that were confirmed are identifiers.
SELECT
    account.email,
    account.phone,
    account.username,
    array(
        SELECT identifier.kind
        FROM identifier
        WHERE
            identifier.subject_id = account.account_id
            AND identifier.held_until IS NULL
    ) AS confirmed
FROM account
WHERE account.account_id = :account_id;

-- name: change_condition(account_id, state, suspended_for, suspended_at, resumes)!
UPDATE account
SET
    state = :state,
    suspended_for = :suspended_for,
    suspended_at = :suspended_at,
    resumes = :resumes
WHERE account_id = :account_id;

-- name: grow_up(account_id, age_decision_id, age_band, own_word_due)!
UPDATE account
SET
    age_decision_id = :age_decision_id,
    age_band = :age_band,
    own_word_due = :own_word_due
WHERE account_id = :account_id;

-- name: move_to(account_id, country)!
UPDATE account
SET country = :country
WHERE account_id = :account_id;

-- name: own_word_given(account_id)!
UPDATE account
SET own_word_due = FALSE
WHERE account_id = :account_id;

-- name: delete_account(account_id)!
DELETE FROM account
WHERE account_id = :account_id;

-- name: find_grants(account_id)
SELECT
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
FROM consent_grant
WHERE account_id = :account_id
ORDER BY given_at, grant_id;

-- name: move_grants(grant_ids, state, ended_at)!
UPDATE consent_grant
SET
    state = :state,
    ended_at = :ended_at
WHERE
    grant_id = any(CAST(:grant_ids AS uuid[]))
    AND state IN ('waiting', 'provisional', 'active');

-- name: find_accounts_given_by(giver_id)
-- The accounts that live grants of one giver stand for.
SELECT DISTINCT account_id
FROM consent_grant
WHERE giver_id = :giver_id AND state IN ('waiting', 'provisional', 'active')
ORDER BY account_id;

-- name: unwatch_age(account_id)!
DELETE FROM age_watch
WHERE account_id = :account_id;

-- name: find_watched(now, after, batch)
SELECT
    account.account_id,
    account.app,
    account.age_decision_id,
    account.country
FROM age_watch
INNER JOIN account ON age_watch.account_id = account.account_id
WHERE
    age_watch.watch_from <= :now
    AND account.account_id > :after
ORDER BY account.account_id
LIMIT :batch;

-- name: find_everything(account_id)^
-- What is kept of a person, but for the password's hash, which nobody is told.
SELECT
    app,
    state,
    age_band,
    country,
    language,
    email,
    phone,
    username,
    extras,
    opened_at
FROM account
WHERE account_id = :account_id;

-- name: find_acceptances(account_id)
SELECT
    policy_version,
    text_sha256,
    accepted_by,
    accepted_at
FROM policy_acceptance
WHERE account_id = :account_id
ORDER BY accepted_at;
