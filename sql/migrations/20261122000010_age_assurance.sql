-- migrate:up
-- A proof of age under way at a provider; its documents never come here.
CREATE TABLE age_proof (
    proof_id uuid PRIMARY KEY,
    registration_id uuid NOT NULL REFERENCES registration ON DELETE CASCADE,
    method text NOT NULL CHECK (method IN ('document', 'card', 'wallet')),
    provider text NOT NULL,
    threshold smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'inconclusive')),
    started_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX age_proof_pending ON age_proof (registration_id)
WHERE state = 'pending';

-- migrate:down
DROP TABLE age_proof;
