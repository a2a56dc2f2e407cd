-- migrate:up
-- Somebody who has said yes for a minor. A subject with a data key of their own.
CREATE TABLE guardian (
    guardian_id uuid PRIMARY KEY REFERENCES subject_key,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    email bytea NOT NULL,
    language text NOT NULL,
    since timestamptz NOT NULL,
    UNIQUE (app, blind_index)
);

CREATE TABLE guardianship (
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    guardian_id uuid NOT NULL REFERENCES guardian,
    relation text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (account_id, guardian_id)
);

CREATE INDEX guardianship_guardian_id ON guardianship (guardian_id);

-- A guardian was asked. At most one request of a registration waits for an answer.
CREATE TABLE consent_request (
    consent_request_id uuid PRIMARY KEY,
    registration_id uuid NOT NULL UNIQUE REFERENCES registration ON DELETE CASCADE,
    app text NOT NULL,
    state text NOT NULL CHECK (state IN ('sent', 'opened')),
    guardian_email bytea NOT NULL,
    relation text NOT NULL,
    language text NOT NULL,
    link_hash bytea NOT NULL UNIQUE,
    link_expires_at timestamptz NOT NULL,
    match_code bytea NOT NULL,
    tries_left smallint NOT NULL CHECK (tries_left >= 0),
    sends smallint NOT NULL,
    asked_at timestamptz NOT NULL
);

-- Who was written to, and not again: a keyed hash of the address.
CREATE TABLE guardian_suppression (
    app text NOT NULL,
    guardian_index bytea NOT NULL,
    suppressed_at timestamptz NOT NULL,
    PRIMARY KEY (app, guardian_index)
);

-- Which children a guardian's address was given for on a day, as keyed hashes.
CREATE TABLE guardian_asked (
    guardian_index bytea NOT NULL,
    registration_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (guardian_index, registration_id)
);

CREATE INDEX guardian_asked_asked_at ON guardian_asked (asked_at);

-- A link whose request was answered or has ended: so that it can say so.
CREATE TABLE consent_link_end (
    link_hash bytea PRIMARY KEY,
    answered boolean NOT NULL,
    ended_at timestamptz NOT NULL
);

CREATE INDEX consent_link_end_ended_at ON consent_link_end (ended_at);

-- migrate:down
DROP TABLE consent_link_end;
DROP TABLE guardian_asked;
DROP TABLE guardian_suppression;
DROP TABLE consent_request;
DROP TABLE guardianship;
DROP TABLE guardian;
