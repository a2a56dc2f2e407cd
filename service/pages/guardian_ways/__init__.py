"""The pages of what guardians sign in with beside a link."""
