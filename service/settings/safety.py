"""Whether hosts, addresses and files are safe to use."""

import ipaddress
import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = 0


def is_address(host: str) -> bool:
    """Tell whether *host* is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether what is sent to *host* never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_within(url: str, domain: str) -> bool:
    """Tell whether a browser on *url* takes passkeys that belong to *domain*."""
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def is_open_road(url: str, scheme: str) -> bool:
    """Tell whether *url* leads off this machine by a *scheme* without TLS."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False  # whoever uses it says what is wrong with it
    return parts.scheme == scheme and not is_loopback(parts.hostname or "")


def is_exposed(path: Path, account: int | None = None) -> bool:
    """Tell whether others than *account* (ours by default) get at a file of secrets.

    As PostgreSQL has it for keys: what is ours may be read by us alone; what root
    lends us, by a group of ours too (so does Kubernetes with a secret).
    """
    found, us = path.stat(), os.geteuid() if account is None else account
    lent = found.st_uid == ROOT != us
    return bool(found.st_mode & (0o037 if lent else 0o077))
