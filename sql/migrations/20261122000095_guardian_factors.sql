-- migrate:up
-- By what who is signed in has proven it, and when last: computed into what they may
-- do, never kept as a claim of its own.
ALTER TABLE guardian_session
ADD COLUMN methods text[] NOT NULL DEFAULT '{email_link}',
ADD COLUMN proven_at timestamptz;

UPDATE guardian_session
SET proven_at = opened_at;

ALTER TABLE guardian_session ALTER COLUMN proven_at SET NOT NULL;

-- recovered_at: lost factors were given up for the mailbox alone. How a guardian was
-- verified before then is worth no more than that mailbox.
ALTER TABLE guardian ADD COLUMN recovered_at timestamptz;

-- What authenticators call a guardian: random, and not the guardian's id.
CREATE TABLE guardian_passkey_holder (
    guardian_id uuid PRIMARY KEY REFERENCES guardian ON DELETE CASCADE,
    user_handle bytea NOT NULL UNIQUE
);

-- A passkey of a guardian, as that of an account: found by the blind index of its
-- credential id, its public key sealed to its row.
CREATE TABLE guardian_passkey (
    passkey_id uuid PRIMARY KEY,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
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

CREATE INDEX guardian_passkey_guardian_id ON guardian_passkey (guardian_id);

-- What an authenticator is asked to sign, once: for one purpose, of one app and, but
-- for signing in, of one guardian.
CREATE TABLE guardian_passkey_challenge (
    challenge_hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('add', 'prove', 'sign_in')),
    app text NOT NULL,
    guardian_id uuid REFERENCES guardian ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    CHECK ((purpose = 'sign_in') = (guardian_id IS NULL))
);

CREATE INDEX guardian_passkey_challenge_guardian_id
ON guardian_passkey_challenge (guardian_id);
CREATE INDEX guardian_passkey_challenge_expires_at
ON guardian_passkey_challenge (expires_at);

-- An authenticator app of a guardian (RFC 6238): secret and name sealed, a step works
-- once, and until it is confirmed it proves nothing.
CREATE TABLE guardian_totp (
    totp_id uuid PRIMARY KEY,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
    name bytea NOT NULL,
    secret bytea NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    confirmed_at timestamptz,
    last_used_at timestamptz,
    CHECK ((confirmed_at IS NULL) <> (expires_at IS NULL))
);

CREATE INDEX guardian_totp_guardian_id ON guardian_totp (guardian_id);
CREATE UNIQUE INDEX guardian_totp_unconfirmed ON guardian_totp (guardian_id)
WHERE confirmed_at IS NULL;
CREATE INDEX guardian_totp_expires_at ON guardian_totp (expires_at)
WHERE expires_at IS NOT NULL;

-- A guardian's password, hashed and sealed. It lets in beside an app alone.
CREATE TABLE guardian_password (
    guardian_id uuid PRIMARY KEY REFERENCES guardian ON DELETE CASCADE,
    password_hash bytea NOT NULL,
    set_at timestamptz NOT NULL
);

-- A guardian says that their factors are lost: they go when this falls due, unless one
-- of them is used until then.
CREATE TABLE guardian_recovery (
    guardian_id uuid PRIMARY KEY REFERENCES guardian ON DELETE CASCADE,
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL
);

CREATE INDEX guardian_recovery_due_at ON guardian_recovery (due_at);

-- The secret behind "this wasn't me" in a letter to a guardian: about what they are
-- signed in with themselves or, with an account, about a child's. It works once.
CREATE TABLE guardian_security_link (
    link_hash bytea PRIMARY KEY,
    guardian_id uuid NOT NULL REFERENCES guardian ON DELETE CASCADE,
    account_id uuid REFERENCES account ON DELETE CASCADE,
    cause text NOT NULL,
    caused_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    reported_at timestamptz
);

CREATE INDEX guardian_security_link_guardian_id
ON guardian_security_link (guardian_id);
CREATE INDEX guardian_security_link_account_id ON guardian_security_link (account_id);
CREATE INDEX guardian_security_link_expires_at ON guardian_security_link (expires_at);

-- migrate:down
DROP TABLE guardian_security_link;
DROP TABLE guardian_recovery;
DROP TABLE guardian_password;
DROP TABLE guardian_totp;
DROP TABLE guardian_passkey_challenge;
DROP TABLE guardian_passkey;
DROP TABLE guardian_passkey_holder;
ALTER TABLE guardian DROP COLUMN recovered_at;
ALTER TABLE guardian_session DROP COLUMN proven_at, DROP COLUMN methods;
