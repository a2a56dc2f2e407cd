-- name: add_message(message_id, subject_id, app, channel, template, language, recipient, content, queued_at, expires_at)!
INSERT INTO message (
    message_id,
    subject_id,
    app,
    channel,
    template,
    language,
    recipient,
    content,
    queued_at,
    due_at,
    expires_at
)
VALUES (
    :message_id,
    :subject_id,
    :app,
    :channel,
    :template,
    :language,
    :recipient,
    :content,
    :queued_at,
    :queued_at,
    :expires_at
);

-- name: claim_due_messages(now, leased_until, batch)
-- Takes what is due and no other worker is taking; theirs until the lease ends.
WITH due AS MATERIALIZED (
    SELECT message_id
    FROM message
    WHERE state = 'queued' AND due_at <= :now
    ORDER BY due_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
)

UPDATE message
SET
    due_at = :leased_until,
    attempts = attempts + 1
FROM due
WHERE message.message_id = due.message_id
RETURNING
    message.message_id,
    message.subject_id,
    message.app,
    message.channel,
    message.template,
    message.language,
    message.recipient,
    message.content,
    message.attempts,
    message.queued_at,
    message.expires_at;

-- name: mark_message_sent(message_id, at)!
UPDATE message
SET
    state = 'sent',
    recipient = NULL,
    content = NULL,
    finished_at = :at
WHERE message_id = :message_id AND state = 'queued';

-- name: mark_message_failed(message_id, attempts, at)!
UPDATE message
SET
    state = 'failed',
    recipient = NULL,
    content = NULL,
    finished_at = :at
WHERE
    message_id = :message_id
    AND state = 'queued'
    AND attempts = :attempts;

-- name: put_message_off(message_id, attempts, due_at)!
UPDATE message
SET due_at = :due_at
WHERE
    message_id = :message_id
    AND state = 'queued'
    AND attempts = :attempts;

-- name: measure_queue()
SELECT
    channel,
    count(*) AS depth,
    min(queued_at) AS oldest_at
FROM message
WHERE state = 'queued'
GROUP BY channel;

-- name: find_other_apps(apps)
SELECT DISTINCT app
FROM message
WHERE app <> ALL(CAST(:apps AS text[]));

-- name: delete_messages_finished_before(app, before)!
DELETE FROM message
WHERE
    app = :app
    AND state <> 'queued'
    AND finished_at < :before;

-- name: find_failed(templates, after, batch)
-- Messages that were given up, and whose cause has not been told so.
SELECT
    message_id,
    subject_id
FROM message
WHERE
    state = 'failed'
    AND NOT failure_taken
    AND template = any(CAST(:templates AS text[]))
    AND message_id > :after
ORDER BY message_id
LIMIT :batch;

-- name: take_failure(message_id)!
UPDATE message
SET failure_taken = TRUE
WHERE message_id = :message_id AND state = 'failed' AND NOT failure_taken;

-- name: find_state(message_id)$
SELECT state
FROM message
WHERE message_id = :message_id;
