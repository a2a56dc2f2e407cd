-- name: add_report(report_id, app, blind_index, reported_at)!
INSERT INTO minor_report (report_id, app, blind_index, reported_at)
VALUES (:report_id, :app, :blind_index, :reported_at);

-- name: find_reports(after, batch)
SELECT
    report_id,
    app,
    blind_index
FROM minor_report
WHERE report_id > :after
ORDER BY report_id
LIMIT :batch;

-- name: take_report(report_id)!
-- Touches no row when another worker took it.
DELETE FROM minor_report
WHERE report_id = :report_id;

-- name: add_appeal(appeal_id, account_id, opened_at, ends_at)!
INSERT INTO age_appeal (appeal_id, account_id, state, opened_at, ends_at)
VALUES (:appeal_id, :account_id, 'open', :opened_at, :ends_at);

-- name: find_appeal(account_id)^
-- The one that is open, or was rejected; one that was upheld is history.
SELECT
    appeal_id,
    account_id,
    state,
    opened_at,
    ends_at
FROM age_appeal
WHERE account_id = :account_id AND state <> 'upheld';

-- name: has_upheld_appeal(account_id)$
SELECT EXISTS(
    SELECT 1
    FROM age_appeal
    WHERE account_id = :account_id AND state = 'upheld'
);

-- name: close_appeal(appeal_id, state)!
UPDATE age_appeal
SET state = :state
WHERE appeal_id = :appeal_id;

-- name: forget_rejected_appeal(account_id)!
DELETE FROM age_appeal
WHERE account_id = :account_id AND state = 'rejected';

-- name: find_appeals(after, batch)
SELECT
    appeal_id,
    account_id,
    state,
    opened_at,
    ends_at
FROM age_appeal
WHERE state = 'open' AND appeal_id > :after
ORDER BY appeal_id
LIMIT :batch;

-- name: find_appeals_over(now, after, batch)
SELECT
    appeal_id,
    account_id,
    state,
    opened_at,
    ends_at
FROM age_appeal
WHERE state = 'open' AND ends_at <= :now AND appeal_id > :after
ORDER BY appeal_id
LIMIT :batch;

-- name: find_judgement(account_id)^
SELECT
    outcome,
    proposed_by
FROM age_judgement
WHERE account_id = :account_id;

-- name: propose_judgement(account_id, outcome, proposed_by, proposed_at)!
INSERT INTO age_judgement (account_id, outcome, proposed_by, proposed_at)
VALUES (:account_id, :outcome, :proposed_by, :proposed_at)
ON CONFLICT (account_id) DO UPDATE SET
    outcome = excluded.outcome,
    proposed_by = excluded.proposed_by,
    proposed_at = excluded.proposed_at;

-- name: forget_judgement(account_id)!
DELETE FROM age_judgement
WHERE account_id = :account_id;
