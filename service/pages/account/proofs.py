"""What somebody gives as proof of who they are, as a form of a page sends it."""

from collections.abc import Mapping
from typing import Final

from service.domain.authenticators import SECOND_FACTORS, Factor
from service.domain.refusals import BodyMalformed
from service.kit.web import read_object
from service.pages.typed import Typed
from service.sessions.factors import Given

LONGEST_CODE: Final = 64


def method_in(typed: Typed) -> Factor | None:
    """Return by which factor somebody proves it, where they say so."""
    name = typed.one("method")
    return Factor(name) if name in {Factor.PASSWORD, *SECOND_FACTORS} else None


def given_in(typed: Typed) -> Given:
    """Return the code that was typed, without white space, or what a passkey signed."""
    code = "".join(typed.exact("code")[:LONGEST_CODE].split())
    return Given(code=code, assertion=signed_in(typed))


def signed_in(typed: Typed) -> Mapping[str, object] | None:
    """Return what a passkey made or signed; None where it is nothing of the kind."""
    try:
        return read_object(typed.exact("credential").encode())
    except BodyMalformed:
        return None
