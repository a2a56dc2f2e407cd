"""What a browser calls itself, in words that its owner knows."""

from collections.abc import Sequence
from typing import Final

# The first that fits: every browser also names those that came before it.
BROWSERS: Final[Sequence[tuple[str, str]]] = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MicroMessenger/", "WeChat"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final[Sequence[tuple[str, str]]] = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_in(text: str | None) -> str | None:
    """Return browser and system, as far as *text* names them; else the text itself."""
    if not text or not text.startswith("Mozilla/"):
        return text or None
    found = [_first(BROWSERS, text), _first(SYSTEMS, text)]
    return ", ".join(one for one in found if one) or text


def _first(names: Sequence[tuple[str, str]], text: str) -> str | None:
    return next((name for mark, name in names if mark in text), None)
