"""What everybody who signs up has, however the service is reached."""

import re
from typing import Any


class SignedUp:
    """The *answer* to a sign-up: a registration, and the token that acts for it."""

    answer: Any

    @property
    def id(self) -> str:
        return str(self.answer["registration_id"])

    @property
    def token(self) -> str:
        return str(self.answer["registration_token"])


def code_in(text: str) -> str:
    """Return the code that a message brings."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    assert found is not None, "no code was sent"
    return found[0]
