-- migrate:up
-- The signed record of each consent and of each change to it. A receipt names nobody,
-- and outlives the account it is about: then account_ended_at says since when. The
-- receipts of an account are numbered, and each holds the hash of the one before.
CREATE TABLE consent_receipt (
    receipt_id uuid PRIMARY KEY,
    app text NOT NULL,
    account_id uuid NOT NULL,
    number integer NOT NULL,
    jws text NOT NULL,
    issued_at timestamptz NOT NULL,
    account_ended_at timestamptz,
    UNIQUE (account_id, number)
);

CREATE INDEX consent_receipt_account_ended_at
ON consent_receipt (app, account_ended_at)
WHERE account_ended_at IS NOT NULL;

-- migrate:down
DROP TABLE consent_receipt;
