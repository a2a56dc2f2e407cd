-- migrate:up
-- What was granted for an account is read, and goes with it, in every state.
CREATE INDEX consent_grant_account_id ON consent_grant (account_id);

-- migrate:down
DROP INDEX consent_grant_account_id;
