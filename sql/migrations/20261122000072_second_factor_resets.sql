-- migrate:up
-- Who proposes that a count of failures begins anew, where two operators have to.
ALTER TABLE failed_tries ADD COLUMN reset_proposed_by text;

-- migrate:down
ALTER TABLE failed_tries DROP COLUMN reset_proposed_by;
