"""What the action log says of an action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from service.domain.actors import Actor
from service.domain.profiles import AppName


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """*actor* did *action* to *subject_id*; *detail* holds facts, never personal data.

    Actions carry the names of the events they cause, where they cause one.
    """

    app: AppName
    subject_id: UUID
    actor: Actor
    action: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An entry as it is shown again: who did what, and when."""

    actor: Actor
    action: str
    at: datetime
