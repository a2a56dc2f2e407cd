"""The contacts of an account: changed, added, removed, put back."""
