-- migrate:up
-- Somebody who wants an account and does not have one yet. Everything personal is
-- sealed with the subject's key; nothing of it outlives the registration's end.
CREATE TABLE registration (
    registration_id uuid PRIMARY KEY REFERENCES subject_key ON DELETE CASCADE,
    app text NOT NULL,
    state text NOT NULL CHECK (
        state IN (
            'confirm_contact',
            'ask_guardian',
            'awaiting_guardian',
            'ask_proof',
            'awaiting_proof',
            'ask_acceptance'
        )
    ),
    age_decision_id uuid NOT NULL UNIQUE REFERENCES age_decision,
    policy_version text NOT NULL,
    country text,
    language text NOT NULL,
    email bytea,
    email_confirmed_at timestamptz,
    phone bytea,
    phone_confirmed_at timestamptz,
    username bytea,
    guardian_email bytea,
    extras bytea NOT NULL,
    password_hash bytea NOT NULL,
    purposes text[] NOT NULL,
    birthday_near boolean NOT NULL DEFAULT FALSE,
    to_accept boolean NOT NULL DEFAULT FALSE,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX registration_expires_at ON registration (expires_at);
CREATE INDEX registration_birthday_near ON registration (registration_id)
WHERE birthday_near;

-- The code that proves a contact: a keyed hash, a few tries, one use.
CREATE TABLE contact_code (
    registration_id uuid NOT NULL REFERENCES registration ON DELETE CASCADE,
    channel text NOT NULL CHECK (channel IN ('email', 'phone')),
    code_hash bytea NOT NULL,
    tries_left smallint NOT NULL CHECK (tries_left >= 0),
    sends smallint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (registration_id, channel)
);

-- That a registration ended, so that the device that began it learns so.
CREATE TABLE registration_end (
    registration_id uuid PRIMARY KEY,
    app text NOT NULL,
    completed boolean NOT NULL,
    ended_at timestamptz NOT NULL
);

CREATE INDEX registration_end_ended_at ON registration_end (ended_at);

-- migrate:down
DROP TABLE registration_end;
DROP TABLE contact_code;
DROP TABLE registration;
