-- migrate:up
-- A contact that the holder of an account wants to have, until its code is typed; an
-- attacker's does not outlive a new epoch.
CREATE TABLE new_contact (
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('email', 'phone')),
    contact bytea NOT NULL,
    code_hash bytea NOT NULL,
    tries_left smallint NOT NULL CHECK (tries_left >= 0),
    credentials_epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, kind)
);

CREATE INDEX new_contact_expires_at ON new_contact (expires_at);

-- A contact was changed, added or removed: what was there before, sealed, and the
-- secret that undoes it. Kept as long as a report can put it back.
CREATE TABLE contact_change (
    change_id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('email', 'phone')),
    before bytea,
    undo_hash bytea UNIQUE,
    changed_at timestamptz NOT NULL,
    undone_at timestamptz
);

CREATE INDEX contact_change_account_id ON contact_change (account_id, changed_at);
CREATE INDEX contact_change_changed_at ON contact_change (changed_at);

-- migrate:down
DROP TABLE contact_change;
DROP TABLE new_contact;
