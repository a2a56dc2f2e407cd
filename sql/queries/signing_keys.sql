-- name: add_signing_key(kid, public_jwk, now)!
INSERT INTO signing_key (kid, public_jwk, first_used_at)
VALUES (:kid, :public_jwk, :now)
ON CONFLICT (kid) DO UPDATE
    SET retired_at = NULL
    WHERE signing_key.retired_at IS NOT NULL;

-- name: retire_signing_keys(kids, now)!
UPDATE signing_key
SET retired_at = :now
WHERE retired_at IS NULL AND kid <> ALL(CAST(:kids AS text[]));

-- name: find_retired_keys(kids)
SELECT public_jwk
FROM signing_key
WHERE kid <> ALL(CAST(:kids AS text[]))
ORDER BY first_used_at, kid;
