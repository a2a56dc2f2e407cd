"""Cookies of the pages: out of scripts' reach, and sent to us alone."""

from datetime import timedelta

from aiohttp import web


def keep(
    response: web.StreamResponse, name: str, value: str, *, lifetime: timedelta
) -> None:
    """Have the browser keep *value*.

    Lax and not Strict: people come back from a provider, and guardians from a message.
    """
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def drop(response: web.StreamResponse, name: str) -> None:
    """Have the browser forget a cookie."""
    response.del_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")
