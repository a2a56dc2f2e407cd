-- migrate:up
-- The public half of every key that has ever signed for others, so that what was
-- signed long ago can be verified when the key has left the keys file.
CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    public_jwk jsonb NOT NULL,
    first_used_at timestamptz NOT NULL,
    retired_at timestamptz
);

-- migrate:down
DROP TABLE signing_key;
