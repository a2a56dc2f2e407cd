-- migrate:up
-- The action log: who did what to which subject, without personal data.
CREATE TABLE audit_entry (
    entry_id uuid PRIMARY KEY,
    app text NOT NULL,
    subject_id uuid NOT NULL,
    actor text NOT NULL,
    actor_ref uuid,
    action text NOT NULL,
    detail jsonb NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX audit_entry_subject_id ON audit_entry (subject_id, at);
CREATE INDEX audit_entry_app_at ON audit_entry (app, at);

-- migrate:down
DROP TABLE audit_entry;
