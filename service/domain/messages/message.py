"""What every message is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from service.domain.profiles import AppName

WORTH_SENDING: Final = timedelta(days=3)


class Channel(StrEnum):
    """The way a message takes."""

    EMAIL = "email"
    SMS = "sms"


Channels: TypeAlias = frozenset[Channel]

BY_EMAIL: Final[Channels] = frozenset({Channel.EMAIL})
BY_EITHER: Final[Channels] = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says: the name of its templates, and their parameters."""

    template: ClassVar[str]
    channels: ClassVar[Channels]

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return the parameters as text; of several texts, one a line."""
        return {one.name: _text(getattr(self, one.name)) for one in fields(self)}

    @property
    def lifetime(self) -> timedelta:
        """Return how long after it was queued the message is still worth sending."""
        return WORTH_SENDING


def _text(value: object) -> str:
    return "\n".join(value) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one person, who reads *language* (BCP 47).

    *subject_id* is whose data key seals it, and with whom it is erased; *recipient* is
    a canonical address or phone number.
    """

    app: AppName
    subject_id: UUID
    channel: Channel
    recipient: str = field(repr=False)
    language: str
    content: Content

    def __post_init__(self) -> None:
        """Refuse a channel that has no words for the content."""
        if self.channel not in self.content.channels:
            raise ValueError(f"{self.content.template} has no {self.channel}")
