-- migrate:up
-- An authenticator app (RFC 6238). The secret and the name are sealed. A code works
-- once: last_step only rises. Until it is confirmed it proves nothing, and expires.
CREATE TABLE totp (
    totp_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    name bytea NOT NULL,
    secret bytea NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    confirmed_at timestamptz,
    last_used_at timestamptz,
    CHECK ((confirmed_at IS NULL) <> (expires_at IS NULL))
);

CREATE INDEX totp_account_id ON totp (account_id);
CREATE UNIQUE INDEX totp_unconfirmed ON totp (account_id) WHERE confirmed_at IS NULL;
CREATE INDEX totp_expires_at ON totp (expires_at) WHERE expires_at IS NOT NULL;

-- migrate:down
DROP TABLE totp;
