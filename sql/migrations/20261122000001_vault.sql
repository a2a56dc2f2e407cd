-- migrate:up
-- One data key a subject (an applicant and later account holder, or a guardian).
-- Deleting the row makes everything sealed with it unreadable.
CREATE TABLE subject_key (
    subject_id uuid PRIMARY KEY,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- Undoes a statement of which a part touched other rows than it must: the error names
-- the part, and nothing else.
CREATE FUNCTION refuse_write(place integer) RETURNS integer
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '%', place;
END
$$;

-- migrate:down
DROP FUNCTION refuse_write;
DROP TABLE subject_key;
