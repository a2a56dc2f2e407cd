-- migrate:up
-- An account keeps the id and the data key of the registration it grew from.
-- It can't exist without the age decision it rests on.
CREATE TABLE account (
    account_id uuid PRIMARY KEY REFERENCES subject_key,
    app text NOT NULL,
    state text NOT NULL CHECK (
        state IN ('active', 'restricted', 'suspended', 'closing')
    ),
    age_decision_id uuid NOT NULL UNIQUE REFERENCES age_decision,
    age_band text NOT NULL CHECK (age_band IN ('not_asked', 'child', 'minor', 'adult')),
    country text,
    language text NOT NULL,
    email bytea,
    phone bytea,
    username bytea,
    extras bytea NOT NULL,
    password_hash bytea NOT NULL,
    opened_at timestamptz NOT NULL
);

-- By what an account is found: a blind index, never the identifier itself. The
-- primary key decides who has it. A username is kept for its registration as well.
CREATE TABLE identifier (
    app text NOT NULL,
    blind_index bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'phone', 'username')),
    subject_id uuid NOT NULL REFERENCES subject_key ON DELETE CASCADE,
    PRIMARY KEY (app, blind_index)
);

CREATE INDEX identifier_subject_id ON identifier (subject_id);

-- The policy a person agreed to, with the text it had (CP-11).
CREATE TABLE policy_acceptance (
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    policy_version text NOT NULL,
    text_sha256 text NOT NULL,
    accepted_by text NOT NULL CHECK (accepted_by IN ('holder', 'guardian')),
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, policy_version, accepted_by)
);

-- One purpose, agreed to by one person.
CREATE TABLE consent_grant (
    grant_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    purpose text NOT NULL,
    given_by text NOT NULL CHECK (given_by IN ('holder', 'guardian')),
    giver_id uuid NOT NULL,
    state text NOT NULL CHECK (
        state IN ('active', 'withdrawn', 'expired', 'handed_over', 'invalidated')
    ),
    method text NOT NULL,
    strength smallint NOT NULL,
    policy_version text NOT NULL,
    given_at timestamptz NOT NULL,
    ends_at timestamptz
);

CREATE UNIQUE INDEX consent_grant_active
ON consent_grant (account_id, purpose, giver_id)
WHERE state = 'active';

-- migrate:down
DROP TABLE consent_grant;
DROP TABLE policy_acceptance;
DROP TABLE identifier;
DROP TABLE account;
