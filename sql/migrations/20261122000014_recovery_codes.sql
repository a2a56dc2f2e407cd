-- migrate:up
-- Ten codes that an account holder keeps on paper. Only keyed hashes are here; a new
-- set takes the places of the old one.
CREATE TABLE recovery_code (
    account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 10),
    code_hash bytea NOT NULL,
    made_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (account_id, number)
);

-- migrate:down
DROP TABLE recovery_code;
