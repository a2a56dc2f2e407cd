-- migrate:up
-- What is granted of one account: one row, whatever there is. It holds one SELECT and
-- is STABLE, so the planner puts that in its place: no query pays for the name.
CREATE FUNCTION granted_now(of_account uuid)
RETURNS TABLE (purposes text[], states text[], ends timestamptz[])
LANGUAGE sql STABLE
AS $$
    SELECT
        array_agg(consent_grant.purpose) AS purposes,
        array_agg(consent_grant.state) AS states,
        array_agg(consent_grant.ends_at) AS ends
    FROM consent_grant
    WHERE
        consent_grant.account_id = of_account
        AND consent_grant.state IN ('provisional', 'active')
$$;

-- migrate:down
DROP FUNCTION granted_now;
