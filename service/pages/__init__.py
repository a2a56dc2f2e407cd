"""The pages people see: sign-up, the guardian's question, policies, the account."""
