-- migrate:up
-- An account moves to a place whose law is looser: after a while, so that nobody picks
-- a law by saying that they live there.
CREATE TABLE account_move (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    country text NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL
);

CREATE INDEX account_move_due_at ON account_move (due_at);

-- migrate:down
DROP TABLE account_move;
