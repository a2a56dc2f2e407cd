-- migrate:up
-- waiting: given, and live, but the operator's quorum wants somebody else's word too.
ALTER TABLE consent_grant
DROP CONSTRAINT consent_grant_state_check,
ADD CONSTRAINT consent_grant_state_check CHECK (
    state IN (
        'waiting',
        'provisional',
        'active',
        'withdrawn',
        'expired',
        'lapsed',
        'handed_over',
        'invalidated',
        'superseded'
    )
);

-- A guardian stopped a purpose, and has not agreed to it again since: nobody else can
-- bring it back alone.
CREATE TABLE consent_objection (
    account_id uuid NOT NULL,
    guardian_id uuid NOT NULL,
    purpose text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (account_id, guardian_id, purpose),
    FOREIGN KEY (account_id, guardian_id)
    REFERENCES guardianship ON DELETE CASCADE
);

-- Guardians disagree: nothing new is granted until an operator has decided. proposed:
-- what one operator has decided, where a second one has to say the same.
CREATE TABLE consent_dispute (
    dispute_id uuid PRIMARY KEY,
    app text NOT NULL,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    proposed text CHECK (proposed IN ('stand', 'restore')),
    proposed_by text,
    resolved_at timestamptz,
    CHECK ((proposed IS NULL) = (proposed_by IS NULL))
);

CREATE UNIQUE INDEX consent_dispute_open ON consent_dispute (account_id)
WHERE resolved_at IS NULL;
CREATE INDEX consent_dispute_opened_at ON consent_dispute (opened_at)
WHERE resolved_at IS NULL;

-- migrate:down
DROP TABLE consent_dispute;
DROP TABLE consent_objection;
UPDATE consent_grant
SET
    state = 'withdrawn',
    ended_at = now()
WHERE state = 'waiting';
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
);
