-- name: count_one(limit_key, now, spacing, latest)^
-- Moves the theoretical arrival time on, unless that would pass the limit.
INSERT INTO rate_limit (limit_key, arrival_at)
VALUES (:limit_key, CAST(:now AS timestamptz) + CAST(:spacing AS interval))
ON CONFLICT (limit_key) DO UPDATE
    SET arrival_at = greatest(rate_limit.arrival_at, :now) + :spacing
    WHERE greatest(rate_limit.arrival_at, :now) + :spacing
    <= CAST(:latest AS timestamptz)
RETURNING arrival_at;

-- name: find_arrival(limit_key)$
SELECT arrival_at
FROM rate_limit
WHERE limit_key = :limit_key;

-- name: delete_full_limits(now)!
DELETE FROM rate_limit
WHERE arrival_at <= :now;
