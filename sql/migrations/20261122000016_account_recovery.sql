-- migrate:up
-- Nobody can sign in to a locked account before its password was reset (CP-10).
ALTER TABLE account ADD COLUMN locked_at timestamptz;

-- A contact that was replaced is kept from others for some days, so that the change
-- can be undone. Nobody is found by it.
ALTER TABLE identifier ADD COLUMN held_until timestamptz;

-- The secret behind "this wasn't me" in a message about an account's security, and the
-- contact that the message went to, sealed. It works once.
CREATE TABLE security_link (
    link_hash bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    cause text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    recipient bytea NOT NULL,
    caused_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    reported_at timestamptz
);

CREATE INDEX security_link_account_id ON security_link (account_id);
CREATE INDEX security_link_expires_at ON security_link (expires_at);

-- migrate:down
DROP TABLE security_link;
ALTER TABLE identifier DROP COLUMN held_until;
ALTER TABLE account DROP COLUMN locked_at;
