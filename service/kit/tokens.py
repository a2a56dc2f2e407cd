"""Unguessable tokens and short codes. The database keeps only their hashes."""

import hashlib
import hmac
import re
import secrets
from typing import Final, NewType

Token = NewType("Token", str)

TOKEN_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
CODE_SHAPE: Final = re.compile(r"[0-9]{6}")  # ASCII digits only


def new_token() -> Token:
    """Return a fresh token of 256 random bits, 43 characters safe in a URL."""
    return Token(secrets.token_urlsafe(32))


def is_token(text: str) -> bool:
    """Tell whether *text* has the shape of a token: the cap before any work on it."""
    return TOKEN_SHAPE.fullmatch(text) is not None


def hash_token(token: Token) -> bytes:
    """Return what the database may know of *token*."""
    return hashlib.sha256(token.encode()).digest()


def new_code() -> str:
    """Return a fresh code of six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def is_code(text: str) -> bool:
    """Tell whether *text* is six ASCII digits."""
    return CODE_SHAPE.fullmatch(text) is not None


def same(left: bytes, right: bytes) -> bool:
    """Compare two hashes in constant time."""
    return hmac.compare_digest(left, right)
