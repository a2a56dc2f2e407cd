-- migrate:up
-- Somebody wants to sign in as the guardian with an address, known here by a keyed hash
-- alone: whether there is one is found out by a worker, so that nobody learns it here.
-- link_hash: the worker has found the guardian, and written to them. The code is on the
-- screen of who asked, and kept as a keyed hash.
CREATE TABLE guardian_sign_in (
    sign_in_id uuid PRIMARY KEY,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    code_hash bytea NOT NULL,
    language text NOT NULL,
    guardian_id uuid REFERENCES guardian ON DELETE CASCADE,
    link_hash bytea UNIQUE,
    tries_left smallint NOT NULL CHECK (tries_left >= 0),
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK ((guardian_id IS NULL) = (link_hash IS NULL))
);

CREATE INDEX guardian_sign_in_expires_at ON guardian_sign_in (expires_at);
CREATE INDEX guardian_sign_in_guardian_id ON guardian_sign_in (guardian_id);
CREATE INDEX guardian_sign_in_waiting ON guardian_sign_in (sign_in_id)
WHERE link_hash IS NULL;

-- A guardian who is signed in, known by the hash of their token.
CREATE TABLE guardian_session (
    session_hash bytea PRIMARY KEY,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
    opened_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX guardian_session_guardian_id ON guardian_session (guardian_id);
CREATE INDEX guardian_session_expires_at ON guardian_session (expires_at);

-- migrate:down
DROP TABLE guardian_session;
DROP TABLE guardian_sign_in;
