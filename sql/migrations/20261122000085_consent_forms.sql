-- migrate:up
-- A form that a guardian has signed by hand, and that waits until two people have
-- looked at it. picture is sealed with the data key of the registration or account, and
-- goes with the row: with the decision, or with what it was asked for. verification:
-- for which of the request's tries it was sent; one of an earlier try counts for nothing.
CREATE TABLE consent_form (
    form_id uuid PRIMARY KEY,
    consent_request_id uuid NOT NULL
    REFERENCES consent_request ON DELETE CASCADE,
    verification smallint NOT NULL,
    app text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('jpeg', 'png', 'pdf')),
    size integer NOT NULL,
    sha256 text NOT NULL,
    reference text NOT NULL,
    picture bytea NOT NULL,
    uploaded_at timestamptz NOT NULL,
    tell_at timestamptz NOT NULL,
    approved_by text,
    UNIQUE (consent_request_id, verification)
);

CREATE INDEX consent_form_tell_at ON consent_form (tell_at);

-- What is left of the form when it has counted.
ALTER TABLE consent_grant ADD COLUMN evidence_sha256 text;

-- migrate:down
ALTER TABLE consent_grant DROP COLUMN evidence_sha256;
DROP TABLE consent_form;
