-- migrate:up
-- verifying: given, for purposes and by a method, and waiting until it is sure who the
-- guardian is; confirm_pending waits for the second contact in the same way.
-- verifications: how often that was begun.
ALTER TABLE consent_request
DROP CONSTRAINT consent_request_state_check,
DROP CONSTRAINT consent_request_about_check,
ADD COLUMN method text,
ADD COLUMN verifications smallint NOT NULL DEFAULT 0;

UPDATE consent_request
SET method = 'email_plus'
WHERE state = 'confirm_pending';

ALTER TABLE consent_request
ADD CONSTRAINT consent_request_state_check CHECK (
    state IN ('sent', 'opened', 'bounced', 'verifying', 'confirm_pending')
),
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state IN ('verifying', 'confirm_pending')) = (purposes IS NOT NULL)
    AND (purposes IS NULL) = (method IS NULL)
);

-- Mailboxes of who turned out to be a minor when they consented for others, as keyed
-- hashes: nothing that is said from there counts for a year.
CREATE TABLE guardian_bar (
    app text NOT NULL,
    guardian_index bytea NOT NULL,
    barred_at timestamptz NOT NULL,
    PRIMARY KEY (app, guardian_index)
);

CREATE INDEX guardian_bar_barred_at ON guardian_bar (barred_at);

-- migrate:down
DROP TABLE guardian_bar;
UPDATE consent_request
SET
    state = 'opened',
    purposes = NULL,
    method = NULL
WHERE state = 'verifying';
ALTER TABLE consent_request
DROP CONSTRAINT consent_request_about_check,
DROP CONSTRAINT consent_request_state_check,
DROP COLUMN verifications,
DROP COLUMN method,
ADD CONSTRAINT consent_request_state_check CHECK (
    state IN ('sent', 'opened', 'bounced', 'confirm_pending')
),
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state = 'confirm_pending') = (purposes IS NOT NULL)
);
