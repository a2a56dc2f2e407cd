"""Sessions: how somebody stays signed in, on which kind of device, for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.authenticators import Assurance
from service.domain.profiles import AppName

ACCESS_TOKEN: Final = timedelta(minutes=5)
"""How long an access token is good: whoever reads it offline asks nobody."""

CHALLENGE: Final = timedelta(minutes=10)
CHALLENGE_TRIES: Final = 5

USED_NOTE: Final = timedelta(minutes=5)
"""How exactly it is known when a session was used last."""

LOST_ANSWER: Final = timedelta(seconds=10)
"""How long a refresh whose answer was lost may be asked for again."""

DEVICE_LENGTH: Final = 200


class SessionKind(StrEnum):
    """Where a session lives: behind a cookie, or behind tokens that an app keeps."""

    BROWSER = "browser"
    MOBILE = "mobile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What a device calls itself, and where its network is, if anybody knows."""

    name: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in on one device.

    It holds until *expires_at*, however much it is used, and as long as *epoch* is the
    account's.
    """

    session_id: UUID
    account_id: AccountId
    app: AppName
    kind: SessionKind
    assurance: Assurance
    opened_at: datetime
    last_used_at: datetime
    expires_at: datetime
    epoch: int
