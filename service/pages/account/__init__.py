"""The pages of who has an account: signing in, its security, and the ways back."""
