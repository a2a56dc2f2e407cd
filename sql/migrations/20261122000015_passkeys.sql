-- migrate:up
-- What authenticators call an account: random, and not the account's id.
CREATE TABLE passkey_holder (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    user_handle bytea NOT NULL UNIQUE
);

-- A passkey belongs to one account. It is found by the blind index of its credential
-- id. The public key is sealed to its row, so that nobody who can only write to the
-- database puts a key of theirs in its place.
CREATE TABLE passkey (
    passkey_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    credential_index bytea NOT NULL UNIQUE,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    name bytea NOT NULL,
    sign_count bigint NOT NULL,
    backup_eligible boolean NOT NULL,
    backed_up boolean NOT NULL,
    transports text[] NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);

CREATE INDEX passkey_account_id ON passkey (account_id);

-- What an authenticator is asked to sign, once: for one purpose, of one app and, but
-- for signing in, of one account.
CREATE TABLE passkey_challenge (
    challenge_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('add', 'prove', 'sign_in')),
    app text NOT NULL,
    account_id uuid REFERENCES account ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    CHECK ((purpose = 'sign_in') = (account_id IS NULL))
);

CREATE INDEX passkey_challenge_account_id ON passkey_challenge (account_id);
CREATE INDEX passkey_challenge_expires_at ON passkey_challenge (expires_at);

-- migrate:down
DROP TABLE passkey_challenge;
DROP TABLE passkey;
DROP TABLE passkey_holder;
