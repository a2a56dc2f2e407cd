-- migrate:up
-- Why an account is suspended, since when, and what it is once it is not any more.
-- own_word_due: a guardian's consent still holds for who decides alone by now.
ALTER TABLE account
ADD COLUMN suspended_for text CHECK (suspended_for IN ('consent', 'age_review')),
ADD COLUMN suspended_at timestamptz,
ADD COLUMN resumes text CHECK (resumes IN ('active', 'restricted')),
ADD COLUMN own_word_due boolean NOT NULL DEFAULT FALSE,
ADD CONSTRAINT account_suspended_check CHECK (
    (state = 'suspended') = (suspended_for IS NOT NULL)
    AND (state = 'suspended') = (suspended_at IS NOT NULL)
    AND (state = 'suspended') = (resumes IS NOT NULL)
);

-- A grant is live while it is provisional or active; ended_at is when it ceased.
ALTER TABLE consent_grant
DROP CONSTRAINT consent_grant_state_check,
ADD CONSTRAINT consent_grant_state_check CHECK (
    state IN (
        'provisional',
        'active',
        'withdrawn',
        'expired',
        'lapsed',
        'handed_over',
        'invalidated',
        'superseded'
    )
),
ADD COLUMN ended_at timestamptz;

CREATE UNIQUE INDEX consent_grant_provisional
ON consent_grant (account_id, purpose, giver_id)
WHERE state = 'provisional';
CREATE INDEX consent_grant_giver_id ON consent_grant (giver_id);

-- migrate:down
DROP INDEX consent_grant_giver_id;
DROP INDEX consent_grant_provisional;
ALTER TABLE consent_grant
DROP COLUMN ended_at,
DROP CONSTRAINT consent_grant_state_check,
ADD CONSTRAINT consent_grant_state_check CHECK (
    state IN ('active', 'withdrawn', 'expired', 'handed_over', 'invalidated')
);
ALTER TABLE account
DROP CONSTRAINT account_suspended_check,
DROP COLUMN own_word_due,
DROP COLUMN resumes,
DROP COLUMN suspended_at,
DROP COLUMN suspended_for;
