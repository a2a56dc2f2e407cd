-- migrate:up
-- One credentials epoch an account: raising it makes every older session and token
-- worthless.
ALTER TABLE account ADD COLUMN credentials_epoch bigint NOT NULL DEFAULT 0;

-- Somebody is signed in, on one device. It holds while its epoch is the account's.
CREATE TABLE session (
    session_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    app text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('browser', 'mobile')),
    aal smallint NOT NULL CHECK (aal IN (1, 2)),
    methods text[] NOT NULL,
    auth_time timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    credentials_epoch bigint NOT NULL,
    device bytea,
    token_hash bytea UNIQUE,
    CHECK ((token_hash IS NOT NULL) = (kind = 'browser'))
);

CREATE INDEX session_account_id ON session (account_id);

CREATE INDEX session_expires_at ON session (expires_at);

-- A refresh token is used once. Its successor is kept, sealed, for as long as an
-- answer that was lost on its way may be asked for again.
CREATE TABLE refresh_token (
    token_hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    used_at timestamptz,
    successor bytea,
    successor_hash bytea,
    CHECK ((used_at IS NULL) = (successor_hash IS NULL))
);

CREATE INDEX refresh_token_session_id ON refresh_token (session_id);

CREATE UNIQUE INDEX refresh_token_successor ON refresh_token (successor_hash)
WHERE successor IS NOT NULL;

CREATE INDEX refresh_token_used_at ON refresh_token (used_at)
WHERE used_at IS NOT NULL;

-- A sign-in that waits for a second factor: another kind of token, used once.
CREATE TABLE sign_in_challenge (
    challenge_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    app text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('browser', 'mobile')),
    methods text[] NOT NULL,
    credentials_epoch bigint NOT NULL,
    tries_left smallint NOT NULL CHECK (tries_left >= 0),
    begun_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX sign_in_challenge_account_id ON sign_in_challenge (account_id);

CREATE INDEX sign_in_challenge_expires_at ON sign_in_challenge (expires_at);

-- Failures of one account, over every path. Somebody unknown is counted like an
-- account, so no table is referenced.
CREATE TABLE failed_tries (
    subject_id uuid NOT NULL,
    proof text NOT NULL CHECK (proof IN ('password', 'second_factor')),
    in_window smallint NOT NULL CHECK (in_window >= 0),
    window_began_at timestamptz NOT NULL,
    in_a_row integer NOT NULL CHECK (in_a_row >= 0),
    told_at timestamptz,
    PRIMARY KEY (subject_id, proof)
);

CREATE INDEX failed_tries_untold ON failed_tries (in_window) WHERE told_at IS NULL;

CREATE INDEX failed_tries_window_began_at ON failed_tries (window_began_at);

-- migrate:down
DROP TABLE failed_tries;
DROP TABLE sign_in_challenge;
DROP TABLE refresh_token;
DROP TABLE session;
ALTER TABLE account DROP COLUMN credentials_epoch;
