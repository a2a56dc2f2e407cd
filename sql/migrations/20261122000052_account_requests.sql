-- migrate:up
-- A consent request is about a registration, or about an account whose consent ends,
-- whose policy has changed, or that has none: then it goes to a guardian we know, or
-- to an address that was named. confirm_pending: given, for purposes, and waiting for
-- the second contact.
ALTER TABLE consent_request
ALTER COLUMN registration_id DROP NOT NULL,
ALTER COLUMN guardian_email DROP NOT NULL,
ADD COLUMN account_id uuid REFERENCES account ON DELETE CASCADE,
ADD COLUMN guardian_id uuid REFERENCES guardian ON DELETE CASCADE,
ADD COLUMN policy_version text,
ADD COLUMN purposes text[],
DROP CONSTRAINT consent_request_state_check,
ADD CONSTRAINT consent_request_state_check CHECK (
    state IN ('sent', 'opened', 'confirm_pending')
),
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state = 'confirm_pending') = (purposes IS NOT NULL)
);

-- At most one request is live for an account and a guardian, or a named address.
CREATE UNIQUE INDEX consent_request_account_id
ON consent_request (account_id, guardian_id);
CREATE UNIQUE INDEX consent_request_named ON consent_request (account_id)
WHERE guardian_id IS NULL;
CREATE INDEX consent_request_guardian_id ON consent_request (guardian_id);

-- migrate:down
DELETE FROM consent_request
WHERE account_id IS NOT NULL OR state = 'confirm_pending';
ALTER TABLE consent_request
DROP COLUMN purposes,
DROP COLUMN policy_version,
DROP COLUMN guardian_id,
DROP COLUMN account_id,
ALTER COLUMN guardian_email SET NOT NULL,
ALTER COLUMN registration_id SET NOT NULL,
DROP CONSTRAINT consent_request_state_check,
ADD CONSTRAINT consent_request_state_check CHECK (state IN ('sent', 'opened'));
