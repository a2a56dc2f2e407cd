"""Authenticator apps, as they are kept of anybody."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType
from uuid import UUID

TotpId = NewType("TotpId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """An app that is to be confirmed by a first code."""

    totp_id: TotpId
    name: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app that was confirmed."""

    totp_id: TotpId
    name: str
    secret: str = field(repr=False)
    created_at: datetime
    confirmed_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An app that is to be confirmed, as its holder gets to see it once."""

    enrolment: Enrolment
    otpauth_uri: str = field(repr=False)
    qr_svg: str = field(repr=False)
    expires_at: datetime
