-- migrate:up
-- Messages to people, queued in the transaction that causes them. Address and
-- content are sealed with the subject's key and erased once sent or given up.
-- due_at is when to try next: a claim moves it on by a lease, so what a killed worker
-- held falls due again. attempts tells a late worker that another one took over.
CREATE TABLE message (
    message_id uuid PRIMARY KEY,
    subject_id uuid NOT NULL REFERENCES subject_key ON DELETE CASCADE,
    app text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    template text NOT NULL,
    language text NOT NULL,
    recipient bytea,
    content bytea,
    state text NOT NULL DEFAULT 'queued'
    CHECK (state IN ('queued', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK ((state = 'queued') = (recipient IS NOT NULL)),
    CHECK ((state = 'queued') = (content IS NOT NULL)),
    CHECK ((state = 'queued') = (finished_at IS NULL))
);

CREATE INDEX message_due_at ON message (due_at) WHERE state = 'queued';
CREATE INDEX message_subject_id ON message (subject_id);
CREATE INDEX message_finished_at ON message (app, finished_at)
WHERE state <> 'queued';

-- migrate:down
DROP TABLE message;
