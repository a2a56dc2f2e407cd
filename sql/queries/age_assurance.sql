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
