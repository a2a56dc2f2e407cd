-- migrate:up
-- Whether a password is too short to stand alone: the second factor can't go first.
ALTER TABLE account ADD COLUMN password_short boolean NOT NULL DEFAULT FALSE;

-- Somebody forgot a password. One row for everybody who asks, known or not: the
-- worker looks whose identifier it is, so that the answer can't tell.
CREATE TABLE reset_request (
    request_id uuid PRIMARY KEY,
    app text NOT NULL,
    blind_index bytea NOT NULL,
    asked_at timestamptz NOT NULL
);

-- The secret of a link that sets another password, once: bound to the account and to
-- the contact that it went to, a keyed hash, or to the guardian. The newest one of each
-- reader counts.
CREATE TABLE password_reset (
    secret_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    contact_index bytea,
    guardian_id uuid,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    CHECK ((contact_index IS NULL) <> (guardian_id IS NULL))
);

CREATE INDEX password_reset_account_id ON password_reset (account_id);
CREATE INDEX password_reset_expires_at ON password_reset (expires_at);

-- migrate:down
DROP TABLE password_reset;
DROP TABLE reset_request;
ALTER TABLE account DROP COLUMN password_short;
