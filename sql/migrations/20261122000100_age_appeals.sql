-- migrate:up
-- Whose age is reviewed says that it is wrong, and proves it anew. One appeal is open
-- or rejected at a time; one that was upheld stands against the next stranger's word.
CREATE TABLE age_appeal (
    appeal_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('open', 'upheld', 'rejected')),
    opened_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX age_appeal_account_id ON age_appeal (account_id)
WHERE state <> 'upheld';
CREATE INDEX age_appeal_account_upheld ON age_appeal (account_id)
WHERE state = 'upheld';
CREATE INDEX age_appeal_ends_at ON age_appeal (ends_at)
WHERE state = 'open';

-- The proofs that were begun for an appeal; their documents never come here.
CREATE TABLE appeal_proof (
    proof_id uuid PRIMARY KEY,
    appeal_id uuid NOT NULL REFERENCES age_appeal ON DELETE CASCADE,
    method text NOT NULL CHECK (method IN ('document', 'card', 'wallet')),
    provider text NOT NULL,
    threshold smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'inconclusive')),
    started_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX appeal_proof_pending ON appeal_proof (appeal_id)
WHERE state = 'pending';
CREATE INDEX appeal_proof_appeal_id ON appeal_proof (appeal_id);

ALTER TABLE age_proof_result
DROP CONSTRAINT age_proof_result_role_check,
ADD CONSTRAINT age_proof_result_role_check CHECK (
    role IN ('applicant', 'guardian', 'holder')
);

-- What one operator has decided about an age, where a second one has to say the same.
CREATE TABLE age_judgement (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    outcome text NOT NULL CHECK (outcome IN ('admit', 'ask_guardian', 'turn_away')),
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL
);

-- How often who was turned away has appealed while the lock lasts.
ALTER TABLE gate_lock
ADD COLUMN appeals smallint NOT NULL DEFAULT 0;

-- migrate:down
ALTER TABLE gate_lock
DROP COLUMN appeals;
DROP TABLE age_judgement;
DELETE FROM age_proof_result
WHERE role = 'holder';
ALTER TABLE age_proof_result
DROP CONSTRAINT age_proof_result_role_check,
ADD CONSTRAINT age_proof_result_role_check CHECK (role IN ('applicant', 'guardian'));
DROP TABLE appeal_proof;
DROP TABLE age_appeal;
