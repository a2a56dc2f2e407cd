"""How the text of a setting is read; a ValueError says what it must be."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from service.settings.safety import is_address


def read_text(text: str) -> str:
    """Return the text as it is."""
    return text


def read_positive(text: str) -> int:
    """Return a whole number of 1 or more."""
    number = read_whole(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def read_whole(text: str) -> int:
    """Return a whole number."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a whole number")
    return int(text)


def read_port(text: str) -> int:
    """Return a port; 0 is one as well."""
    number = read_whole(text)
    if number > 65_535:  # noqa: PLR2004 -- the last port there is
        raise ValueError("must be a port, 0 to 65535")
    return number


def read_path(text: str) -> Path | None:
    """Return the path of a file, or None."""
    return Path(text).expanduser() if text else None


def read_environment(text: str) -> str:
    """Return which environment this is."""
    if text not in {"development", "production"}:
        raise ValueError("must be development or production")
    return text


def read_level(text: str) -> str:
    """Return from which level on is logged."""
    if text not in {"debug", "info", "warning", "error"}:
        raise ValueError("must be debug, info, warning or error")
    return text


def read_collector(text: str) -> str:
    """Return the address of a collector of traces."""
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must be an http or https address")
    if parts.username is not None or parts.query:
        raise ValueError("must not hold a user, a password or a query")
    return text


_ADDRESS: Final = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}")


def read_email(text: str) -> str:
    """Return one e-mail address, without a name."""
    if text and not (text.isascii() and _ADDRESS.fullmatch(text)):
        raise ValueError("must be an e-mail address alone")
    return text


def read_base_url(text: str) -> str:
    """Return an origin, without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    if parts.query or parts.fragment or parts.path not in {"", "/"} or parts.username:
        raise ValueError("must be an origin: scheme, host and port alone")
    return text.rstrip("/")


def read_domain(text: str) -> str:
    """Return a domain."""
    if text and (urlsplit(f"https://{text}").hostname != text or is_address(text)):
        raise ValueError("must be a domain in lower case, without scheme or port")
    return text


def read_origins(text: str) -> tuple[str, ...]:
    """Return the origins that stand in a text, with spaces between."""
    origins = tuple(text.split())
    for one in origins:
        app = one.startswith("android:apk-key-hash:")
        if "," in one or not (app or read_base_url(one) == one):
            raise ValueError("must be origins with spaces between, no slash at the end")
    return origins
