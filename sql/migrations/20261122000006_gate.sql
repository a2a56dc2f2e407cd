-- migrate:up
-- Why somebody may register: the decision and its explanation, never the birth date.
-- crosses_on, the next birthday that matters, is sealed with the subject's key.
CREATE TABLE age_decision (
    decision_id uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    app text NOT NULL,
    decision text NOT NULL CHECK (decision IN ('admit', 'ask_guardian', 'ask_proof')),
    age_band text NOT NULL CHECK (age_band IN ('not_asked', 'child', 'minor', 'adult')),
    method text NOT NULL CHECK (
        method IN ('not_asked', 'declared', 'document', 'card', 'wallet', 'birthday')
    ),
    reason jsonb NOT NULL,
    crosses_on bytea,
    decided_at timestamptz NOT NULL
);

CREATE INDEX age_decision_subject_id ON age_decision (subject_id);

-- Tickets that were used, until they would have run out anyway.
CREATE TABLE gate_ticket_use (
    ticket_id uuid PRIMARY KEY,
    until timestamptz NOT NULL
);

CREATE INDEX gate_ticket_use_until ON gate_ticket_use (until);

-- Somebody was turned away: a keyed hash of the device or contact, until when.
CREATE TABLE gate_lock (
    app text NOT NULL,
    lock_index bytea NOT NULL,
    locked_until timestamptz NOT NULL,
    PRIMARY KEY (app, lock_index)
);

CREATE INDEX gate_lock_locked_until ON gate_lock (locked_until);

-- migrate:down
DROP TABLE gate_lock;
DROP TABLE gate_ticket_use;
DROP TABLE age_decision;
