-- migrate:up
-- bounced: the message could not be delivered, and the child may correct the address,
-- a few times. invited_by: the guardian who named another one. message_id: the newest
-- message. browser_hash: the first browser from which a person acted has the request to
-- itself.
ALTER TABLE consent_request
DROP CONSTRAINT consent_request_state_check,
ADD CONSTRAINT consent_request_state_check CHECK (
    state IN ('sent', 'opened', 'bounced', 'confirm_pending')
),
ADD COLUMN invited_by uuid REFERENCES guardian ON DELETE SET NULL,
ADD COLUMN message_id uuid,
ADD COLUMN browser_hash bytea,
ADD COLUMN browser_alert boolean NOT NULL DEFAULT FALSE,
ADD COLUMN corrections smallint NOT NULL DEFAULT 0;

CREATE INDEX consent_request_invited_by ON consent_request (invited_by);
CREATE INDEX consent_request_link_expires_at ON consent_request (link_expires_at)
WHERE account_id IS NOT NULL;

-- Messages that were given up, and whose cause has not been told so.
ALTER TABLE message ADD COLUMN failure_taken boolean NOT NULL DEFAULT FALSE;
CREATE INDEX message_failed ON message (finished_at, message_id)
WHERE state = 'failed' AND NOT failure_taken;

-- migrate:down
DROP INDEX message_failed;
ALTER TABLE message DROP COLUMN failure_taken;
UPDATE consent_request
SET state = 'sent'
WHERE state = 'bounced';
ALTER TABLE consent_request
DROP COLUMN corrections,
DROP COLUMN browser_alert,
DROP COLUMN browser_hash,
DROP COLUMN message_id,
DROP COLUMN invited_by,
DROP CONSTRAINT consent_request_state_check,
ADD CONSTRAINT consent_request_state_check CHECK (
    state IN ('sent', 'opened', 'confirm_pending')
);
