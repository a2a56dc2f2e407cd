"""Second factors: authenticator apps, recovery codes, passkeys.

Each has its mechanism (auth), which knows no account, apart from its use cases (flows).
"""
