-- name: lock_guardian_index(lock_number)!
-- Guardians behind one address are added one after the other.
SELECT pg_advisory_xact_lock(:lock_number);

-- name: find_guardian(app, blind_index)^
SELECT
    guardian_id,
    barred_at
FROM guardian
WHERE app = :app AND blind_index = :blind_index;

-- name: read_guardian(guardian_id)^
SELECT
    guardian_id,
    app,
    email,
    phone,
    language,
    barred_at
FROM guardian
WHERE guardian_id = :guardian_id;

-- name: add_guardian(guardian_id, app, blind_index, email, phone, language, since)!
INSERT INTO guardian (
    guardian_id,
    app,
    blind_index,
    email,
    phone,
    language,
    since
)
VALUES (
    :guardian_id,
    :app,
    :blind_index,
    :email,
    :phone,
    :language,
    :since
);

-- name: bar_guardian(guardian_id, barred_at)!
UPDATE guardian
SET barred_at = :barred_at
WHERE guardian_id = :guardian_id AND barred_at IS NULL;

-- name: add_guardianship(account_id, guardian_id, relation, since)!
INSERT INTO guardianship (account_id, guardian_id, relation, since)
VALUES (:account_id, :guardian_id, :relation, :since)
ON CONFLICT (account_id, guardian_id) DO UPDATE
    SET ended_at = NULL
    WHERE guardianship.ended_at IS NOT NULL;

-- name: find_bonds(account_id)
SELECT
    guardian_id,
    relation
FROM guardianship
WHERE account_id = :account_id AND ended_at IS NULL
ORDER BY since, guardian_id;

-- name: find_every_bond(account_id)
SELECT guardian_id
FROM guardianship
WHERE account_id = :account_id;

-- name: find_children(guardian_id)
SELECT account_id
FROM guardianship
WHERE guardian_id = :guardian_id AND ended_at IS NULL
ORDER BY since, account_id;

-- name: find_methods(guardian_id)
SELECT DISTINCT
    consent_grant.method,
    consent_grant.strength,
    coalesce(consent_grant.given_at <= guardian.recovered_at, FALSE) AS recovered
FROM consent_grant
INNER JOIN guardian ON consent_grant.giver_id = guardian.guardian_id
WHERE
    consent_grant.giver_id = :guardian_id
    AND consent_grant.state = 'active';

-- name: end_bonds(account_id, guardian_id, ended_at)!
UPDATE guardianship
SET ended_at = :ended_at
WHERE
    account_id = :account_id
    AND guardian_id = coalesce(CAST(:guardian_id AS uuid), guardian_id)
    AND ended_at IS NULL;

-- name: delete_objections_of(account_id, guardian_id)!
DELETE FROM consent_objection
WHERE
    account_id = :account_id
    AND guardian_id = coalesce(CAST(:guardian_id AS uuid), guardian_id);

-- name: delete_links_of(account_id, guardian_id)!
DELETE FROM consent_link
WHERE
    account_id = :account_id
    AND guardian_id = coalesce(CAST(:guardian_id AS uuid), guardian_id);

-- name: delete_childless(guardian_ids)
DELETE FROM guardian
WHERE
    guardian_id = any(CAST(:guardian_ids AS uuid[]))
    AND NOT EXISTS (
        SELECT 1
        FROM guardianship
        WHERE guardianship.guardian_id = guardian.guardian_id
    )
RETURNING guardian_id;

-- name: add_link(link_hash, account_id, guardian_id, expires_at)!
INSERT INTO consent_link (link_hash, account_id, guardian_id, expires_at)
VALUES (:link_hash, :account_id, :guardian_id, :expires_at);

-- name: find_link(link_hash)^
SELECT
    account_id,
    guardian_id,
    expires_at
FROM consent_link
WHERE link_hash = :link_hash;

-- name: delete_links_over(now)!
DELETE FROM consent_link
WHERE expires_at <= :now;

-- name: add_timer(timer_id, subject_id, giver_id, kind, due_at, about)!
INSERT INTO consent_timer (timer_id, subject_id, giver_id, kind, due_at, about)
VALUES (:timer_id, :subject_id, :giver_id, :kind, :due_at, :about);

-- name: find_due(now, after_due, after_id, batch)
SELECT
    timer_id,
    subject_id,
    giver_id,
    kind,
    due_at,
    about,
    message_id
FROM consent_timer
WHERE
    due_at <= :now
    AND (due_at, timer_id)
    > (CAST(:after_due AS timestamptz), CAST(:after_id AS uuid))
ORDER BY due_at, timer_id
LIMIT :batch;

-- name: take_timer(timer_id, due_at)!
-- Touches no row when another worker took it, or it was put off, meanwhile.
DELETE FROM consent_timer
WHERE timer_id = :timer_id AND due_at = :due_at;

-- name: await_message(subject_id, giver_id, about, message_id, due_at)!
UPDATE consent_timer
SET
    message_id = :message_id,
    due_at = greatest(due_at, :due_at)
WHERE
    subject_id = :subject_id
    AND giver_id IS NOT DISTINCT FROM CAST(:giver_id AS uuid)
    AND about = :about
    AND kind = 'confirm';

-- name: put_off(timer_id, subject_id, giver_id, kind, due_at, about, message_id)!
INSERT INTO consent_timer (
    timer_id, subject_id, giver_id, kind, due_at, about, message_id
)
VALUES (
    :timer_id, :subject_id, :giver_id, :kind, :due_at, :about, :message_id
);

-- name: delete_timers(subject_id, kind)!
DELETE FROM consent_timer
WHERE subject_id = :subject_id AND kind = :kind;

-- name: find_to_tell(app, older, policy_version, after, batch)
-- Accounts whose guardians consented to an older policy, and were not told of this.
SELECT DISTINCT account.account_id
FROM account
INNER JOIN consent_grant ON account.account_id = consent_grant.account_id
WHERE
    account.app = :app
    AND account.account_id > :after
    AND consent_grant.given_by = 'guardian'
    AND consent_grant.state IN ('waiting', 'provisional', 'active')
    AND consent_grant.policy_version = any(CAST(:older AS text[]))
    AND NOT EXISTS (
        SELECT 1
        FROM policy_change_told
        WHERE
            policy_change_told.account_id = account.account_id
            AND policy_change_told.policy_version = :policy_version
    )
ORDER BY account.account_id
LIMIT :batch;

-- name: add_told(account_id, policy_version)!
INSERT INTO policy_change_told (account_id, policy_version)
VALUES (:account_id, :policy_version)
ON CONFLICT (account_id, policy_version) DO NOTHING;

-- name: find_older(app, older, after, batch)
SELECT DISTINCT account.account_id
FROM account
INNER JOIN consent_grant ON account.account_id = consent_grant.account_id
WHERE
    account.app = :app
    AND account.account_id > :after
    AND consent_grant.given_by = 'guardian'
    AND consent_grant.state IN ('waiting', 'provisional', 'active')
    AND consent_grant.policy_version = any(CAST(:older AS text[]))
ORDER BY account.account_id
LIMIT :batch;

-- name: delete_bonds_ended(before)
DELETE FROM guardianship
WHERE ended_at < :before
RETURNING guardian_id;
