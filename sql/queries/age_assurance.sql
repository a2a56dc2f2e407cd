-- name: add_proof(proof_id, registration_id, method, provider, threshold, started_at)!
INSERT INTO age_proof (
    proof_id, registration_id, method, provider, threshold, state, started_at
)
VALUES (
    :proof_id,
    :registration_id,
    :method,
    :provider,
    :threshold,
    'pending',
    :started_at
);

-- name: find_proof(proof_id)^
SELECT
    proof_id,
    registration_id,
    method,
    threshold,
    state
FROM age_proof
WHERE proof_id = :proof_id;

-- name: count_proofs(registration_id)$
SELECT count(*)
FROM age_proof
WHERE registration_id = :registration_id;

-- name: close_pending_proof(registration_id)!
UPDATE age_proof
SET state = 'inconclusive'
WHERE registration_id = :registration_id AND state = 'pending';

-- name: delete_proof(proof_id)!
DELETE FROM age_proof
WHERE proof_id = :proof_id;

-- name: add_guardian_proof(proof_id, consent_request_id, method, provider, threshold, started_at)!
INSERT INTO guardian_proof (
    proof_id,
    consent_request_id,
    method,
    provider,
    threshold,
    state,
    started_at
)
VALUES (
    :proof_id,
    :consent_request_id,
    :method,
    :provider,
    :threshold,
    'pending',
    :started_at
);

-- name: find_guardian_proof(proof_id)^
SELECT
    guardian_proof.proof_id,
    guardian_proof.consent_request_id,
    guardian_proof.method,
    guardian_proof.provider,
    guardian_proof.threshold,
    guardian_proof.state,
    consent_request.app,
    consent_request.language
FROM guardian_proof
INNER JOIN consent_request
    ON guardian_proof.consent_request_id = consent_request.consent_request_id
WHERE guardian_proof.proof_id = :proof_id;

-- name: close_pending_guardian_proof(consent_request_id)!
UPDATE guardian_proof
SET state = 'inconclusive'
WHERE consent_request_id = :consent_request_id AND state = 'pending';

-- name: delete_guardian_proof(proof_id)!
DELETE FROM guardian_proof
WHERE proof_id = :proof_id;

-- name: lock_proof(lock_number)!
-- What is said of one proof is taken one after the other.
SELECT pg_advisory_xact_lock(:lock_number);

-- name: find_result(proof_id)^
SELECT
    role,
    subject_id,
    outcome
FROM age_proof_result
WHERE proof_id = :proof_id;

-- name: keep_result(proof_id, role, subject_id, outcome, concluded_at)!
INSERT INTO age_proof_result (proof_id, role, subject_id, outcome, concluded_at)
VALUES (:proof_id, :role, CAST(:subject_id AS uuid), :outcome, :concluded_at)
ON CONFLICT (proof_id) DO UPDATE SET
    subject_id = excluded.subject_id,
    outcome = excluded.outcome,
    concluded_at = excluded.concluded_at;

-- name: use_digest(digest_hash, used_at)!
-- Touches no row when it was used before.
INSERT INTO age_proof_digest (digest_hash, used_at)
VALUES (:digest_hash, :used_at)
ON CONFLICT (digest_hash) DO NOTHING;

-- name: count_replay(digest_hash)!
UPDATE age_proof_digest
SET replays = replays + 1
WHERE digest_hash = :digest_hash;

-- name: delete_results_before(before)!
DELETE FROM age_proof_result
WHERE subject_id IS NULL AND concluded_at < :before;

-- name: delete_digests_before(before)!
DELETE FROM age_proof_digest
WHERE used_at < :before;

-- name: add_appeal_proof(proof_id, appeal_id, method, provider, threshold, started_at)!
INSERT INTO appeal_proof (
    proof_id,
    appeal_id,
    method,
    provider,
    threshold,
    state,
    started_at
)
VALUES (
    :proof_id,
    :appeal_id,
    :method,
    :provider,
    :threshold,
    'pending',
    :started_at
);

-- name: find_appeal_proof(proof_id)^
SELECT
    appeal_proof.proof_id,
    appeal_proof.appeal_id,
    appeal_proof.method,
    appeal_proof.threshold,
    appeal_proof.state,
    age_appeal.account_id
FROM appeal_proof
INNER JOIN age_appeal ON appeal_proof.appeal_id = age_appeal.appeal_id
WHERE appeal_proof.proof_id = :proof_id;

-- name: count_appeal_proofs(appeal_id)$
SELECT count(*)
FROM appeal_proof
WHERE appeal_id = :appeal_id;

-- name: has_pending_appeal_proof(appeal_id)$
SELECT EXISTS(
    SELECT 1
    FROM appeal_proof
    WHERE appeal_id = :appeal_id AND state = 'pending'
);

-- name: close_pending_appeal_proof(appeal_id)!
UPDATE appeal_proof
SET state = 'inconclusive'
WHERE appeal_id = :appeal_id AND state = 'pending';

-- name: delete_appeal_proof(proof_id)!
DELETE FROM appeal_proof
WHERE proof_id = :proof_id;
