-- migrate:up
-- A guardian is being verified at a provider; their documents never come here.
CREATE TABLE guardian_proof (
    proof_id uuid PRIMARY KEY,
    consent_request_id uuid NOT NULL REFERENCES consent_request ON DELETE CASCADE,
    method text NOT NULL CHECK (method IN ('document', 'card', 'wallet')),
    provider text NOT NULL,
    threshold smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'inconclusive')),
    started_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX guardian_proof_pending ON guardian_proof (consent_request_id)
WHERE state = 'pending';
CREATE INDEX guardian_proof_request ON guardian_proof (consent_request_id);

-- What a provider said, so that saying it twice changes nothing, and whose age or
-- guardianship rests on it, so that it can be revoked.
CREATE TABLE age_proof_result (
    proof_id uuid PRIMARY KEY,
    role text NOT NULL CHECK (role IN ('applicant', 'guardian')),
    subject_id uuid REFERENCES subject_key ON DELETE CASCADE,
    outcome text NOT NULL CHECK (
        outcome IN ('over', 'under', 'inconclusive', 'revoked')
    ),
    concluded_at timestamptz NOT NULL
);

CREATE INDEX age_proof_result_subject_id ON age_proof_result (subject_id);
CREATE INDEX age_proof_result_concluded_at ON age_proof_result (concluded_at)
WHERE subject_id IS NULL;

-- Proofs that count once, as keyed hashes of what the provider calls each, and how
-- often each came again.
CREATE TABLE age_proof_digest (
    digest_hash bytea PRIMARY KEY,
    replays integer NOT NULL DEFAULT 0,
    used_at timestamptz NOT NULL
);

CREATE INDEX age_proof_digest_used_at ON age_proof_digest (used_at);

-- migrate:down
DROP TABLE age_proof_digest;
DROP TABLE age_proof_result;
DROP TABLE guardian_proof;
