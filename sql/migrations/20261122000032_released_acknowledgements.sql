-- migrate:up
-- An operator can release a subscriber that is no longer there to acknowledge.
ALTER TABLE outbox_acknowledgement
DROP CONSTRAINT outbox_acknowledgement_means_check;
ALTER TABLE outbox_acknowledgement
ADD CONSTRAINT outbox_acknowledgement_means_check
CHECK (means IN ('delivery', 'request', 'release'));

-- migrate:down
ALTER TABLE outbox_acknowledgement
DROP CONSTRAINT outbox_acknowledgement_means_check;
ALTER TABLE outbox_acknowledgement
ADD CONSTRAINT outbox_acknowledgement_means_check
CHECK (means IN ('delivery', 'request')) NOT VALID;
