-- migrate:up
-- What was granted and waits is kept with its request, whether it waits for the second
-- contact or until it is sure who the guardian is.
ALTER TABLE consent_request
DROP CONSTRAINT consent_request_about_check,
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_phone, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state IN ('verifying', 'confirm_pending')) = (purposes IS NOT NULL)
    AND (purposes IS NULL) = (method IS NULL)
);

-- migrate:down
UPDATE consent_request
SET
    state = 'opened',
    purposes = NULL,
    method = NULL
WHERE state = 'verifying';
ALTER TABLE consent_request
DROP CONSTRAINT consent_request_about_check,
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_phone, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state = 'confirm_pending') = (purposes IS NOT NULL)
);
