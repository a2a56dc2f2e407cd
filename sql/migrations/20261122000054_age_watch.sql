-- migrate:up
-- Accounts whose holders have a birthday before them that matters, and from when to
-- look at each. That day is sealed with the age decision; watch_from says no more than
-- its month.
CREATE TABLE age_watch (
    account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    watch_from timestamptz NOT NULL
);

CREATE INDEX age_watch_watch_from ON age_watch (watch_from);

-- Accounts that there are already are looked at from the beginning.
INSERT INTO age_watch (account_id, watch_from)
SELECT
    account.account_id,
    account.opened_at
FROM account
INNER JOIN age_decision ON account.age_decision_id = age_decision.decision_id
WHERE age_decision.crosses_on IS NOT NULL;

-- migrate:down
DROP TABLE age_watch;
