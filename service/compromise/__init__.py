"""A holder says "this wasn't me": the account is shut, and given back to them."""
