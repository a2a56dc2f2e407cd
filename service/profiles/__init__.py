"""The operators' policy profiles, and the law's ages: read, checked, never changed."""
