-- migrate:up
-- One data key a subject (an applicant and later account holder, or a guardian).
-- Deleting the row makes everything sealed with it unreadable.
CREATE TABLE subject_key (
    subject_id uuid PRIMARY KEY,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- migrate:down
DROP TABLE subject_key;
