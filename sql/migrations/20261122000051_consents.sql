-- migrate:up
-- A guardian's say ends: the young person decides alone, or the guardian was removed.
-- barred_at: nothing that this person consents to counts any more.
ALTER TABLE guardianship ADD COLUMN ended_at timestamptz;
ALTER TABLE guardian ADD COLUMN barred_at timestamptz;

-- Links by which a guardian sees what they consented to, and withdraws it.
CREATE TABLE consent_link (
    link_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

CREATE INDEX consent_link_account_id ON consent_link (account_id);
CREATE INDEX consent_link_guardian_id ON consent_link (guardian_id);
CREATE INDEX consent_link_expires_at ON consent_link (expires_at);

-- What falls due for an account, or for a registration whose guardian gave consent:
-- a row each, taken once. about is the instant at which the consent meant was given
-- or ends; message_id is the second contact, whose sending is waited for.
CREATE TABLE consent_timer (
    timer_id uuid PRIMARY KEY,
    subject_id uuid NOT NULL REFERENCES subject_key ON DELETE CASCADE,
    giver_id uuid,
    kind text NOT NULL CHECK (
        kind IN ('second_contact', 'confirm', 'notice', 'expire', 'erase')
    ),
    due_at timestamptz NOT NULL,
    about timestamptz NOT NULL,
    message_id uuid
);

CREATE INDEX consent_timer_due_at ON consent_timer (due_at, timer_id);
CREATE INDEX consent_timer_subject_id ON consent_timer (subject_id);

-- Of which significant policy version an account's guardians were told, once.
CREATE TABLE policy_change_told (
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    policy_version text NOT NULL,
    PRIMARY KEY (account_id, policy_version)
);

-- migrate:down
DROP TABLE policy_change_told;
DROP TABLE consent_timer;
DROP TABLE consent_link;
ALTER TABLE guardian DROP COLUMN barred_at;
ALTER TABLE guardianship DROP COLUMN ended_at;
