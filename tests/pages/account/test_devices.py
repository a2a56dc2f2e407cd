"""Browsers are shown by names that their owners know."""

import pytest

from service.pages.account.devices import device_in

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/140.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/140 Safari/537 Edg/140",
            "Edge, Windows",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14) {WEBKIT} Chrome/140 Mobile Safari/537",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:140.0) Firefox/140.0",
            "Firefox, macOS",
        ),
        ("Mozilla/5.0 of nobody", "Mozilla/5.0 of nobody"),
        ("my telephone", "my telephone"),
        ("", None),
        (None, None),
    ],
)
def test_a_browser_and_its_system(text: str | None, name: str | None) -> None:
    assert device_in(text) == name
