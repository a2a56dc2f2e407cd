-- migrate:up
-- A guardian is named, and known, by an e-mail address or by a phone number.
ALTER TABLE registration
ADD COLUMN guardian_phone bytea,
ADD CONSTRAINT registration_guardian_check CHECK (
    num_nonnulls(guardian_email, guardian_phone) <= 1
);

ALTER TABLE consent_request
ADD COLUMN guardian_phone bytea,
DROP CONSTRAINT consent_request_about_check,
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_phone, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state IN ('verifying', 'confirm_pending')) = (purposes IS NOT NULL)
    AND (purposes IS NULL) = (method IS NULL)
);

ALTER TABLE guardian
ADD COLUMN phone bytea,
ALTER COLUMN email DROP NOT NULL,
ADD CONSTRAINT guardian_contact_check CHECK (num_nonnulls(email, phone) = 1);

-- migrate:down
-- Who is known by a phone number alone can't be known any more.
DELETE FROM consent_request
WHERE guardian_phone IS NOT NULL;
DELETE FROM guardianship
USING guardian
WHERE
    guardianship.guardian_id = guardian.guardian_id
    AND guardian.phone IS NOT NULL;
DELETE FROM guardian
WHERE phone IS NOT NULL;

ALTER TABLE guardian
DROP CONSTRAINT guardian_contact_check,
ALTER COLUMN email SET NOT NULL,
DROP COLUMN phone;

ALTER TABLE consent_request
DROP CONSTRAINT consent_request_about_check,
DROP COLUMN guardian_phone,
ADD CONSTRAINT consent_request_about_check CHECK (
    num_nonnulls(registration_id, account_id) = 1
    AND num_nonnulls(guardian_email, guardian_id) = 1
    AND (account_id IS NULL) = (policy_version IS NULL)
    AND (state IN ('verifying', 'confirm_pending')) = (purposes IS NOT NULL)
    AND (purposes IS NULL) = (method IS NULL)
);

ALTER TABLE registration
DROP CONSTRAINT registration_guardian_check,
DROP COLUMN guardian_phone;
