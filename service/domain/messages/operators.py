"""To the operator."""

from dataclasses import dataclass
from typing import ClassVar

from service.domain.messages.message import BY_EMAIL, Channels, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementOverdue(Content):
    """To the operator: *subscribers* have not acknowledged events for a day."""

    template: ClassVar[str] = "acknowledgement_overdue"
    channels: ClassVar[Channels] = BY_EMAIL

    count: str
    oldest_at: str
    subscribers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormsWait(Content):
    """To the operator: *count* signed forms wait to be looked at."""

    template: ClassVar[str] = "forms_wait"
    channels: ClassVar[Channels] = BY_EMAIL

    count: str
    oldest_at: str
