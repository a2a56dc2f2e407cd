"""The ports that messages leave through, and the two ways they can fail."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What could end a line, and so begin a header of somebody else's."""


class DeliveryError(Exception):
    """A message was not taken; *reason* is short and names nobody."""

    def __init__(self, reason: str) -> None:
        """Remember why."""
        super().__init__(reason)
        self.reason = reason


class RefusedError(DeliveryError):
    """This message will never be taken: trying again is pointless."""


class UnavailableError(DeliveryError):
    """Nothing is wrong with the message: it may be taken later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEmail:
    """One e-mail to one person; the same *id* and the same words on every try.

    *sender_name* is shown as its sender, answers go to *reply_to*; it was written *at*.
    """

    id: UUID
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    sender_name: str
    reply_to: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingSms:
    """One text message to one phone; the same *id* and the same words on every try."""

    id: UUID
    to: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime


class EmailSender(Protocol):
    """Hands e-mail over to whoever delivers it."""

    async def send(self, mail: OutgoingEmail, /) -> None:
        """Hand *mail* over, or raise RefusedError or UnavailableError."""
        ...


class SmsSender(Protocol):
    """Hands text messages over to whoever delivers them."""

    async def send(self, sms: OutgoingSms, /) -> None:
        """Hand *sms* over, or raise RefusedError or UnavailableError."""
        ...


class NoSms:
    """Stands in where the operator has no SMS provider."""

    async def send(self, _: OutgoingSms, /) -> None:
        """Refuse: no later try would find a provider."""
        raise RefusedError("no_sms_provider")
