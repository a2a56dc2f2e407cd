"""An account as its holder sees it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.domain.grants import purposes_on
from service.domain.profiles import AppName
from service.domain.refusals import SessionRequired
from service.kit import queries
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, connection
from service.kit.queries import Row
from service.kit.secrets import KeyRing, Place
from service.kit.times import instant
from service.profiles.reader import Profiles
from service.sessions.opening import is_idle
from service.sessions.store import granted_of

_sql = queries.load("sessions")

CONTACTS = ("email", "phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """Shows holders their account, in one statement that checks their session too."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    profiles: Profiles

    async def look(
        self, app: AppName, session_id: UUID, epoch: int
    ) -> dict[str, object]:
        """Return the account behind a session, or raise SessionRequired.

        *app* and *epoch* are what the token says: an older epoch is worthless.
        """
        now = self.clock.now()
        async with connection(self.pool) as one:
            shown = await _find(one, session_id, epoch, keys=self.keys, now=now)
        if shown is None:
            raise SessionRequired
        row, body = shown
        profile = self.profiles.get(app)
        if profile is None or body["app"] != app:
            raise SessionRequired
        if is_idle(profile, row["last_used_at"], now=now):
            raise SessionRequired
        on: tuple[str, ...] = ()
        if row["suspended_for"] is None:
            on = purposes_on(profile, granted_of(row), now=now)
        return {**body, "purposes": [*on]}


async def _find(
    one: Connection, session_id: UUID, epoch: int, *, keys: KeyRing, now: datetime
) -> tuple[Row, dict[str, object]] | None:
    """Return what stands unsealed, and the account opened from its seal."""
    row = await _sql["find_shown"].one(one, session_id=session_id, epoch=epoch, now=now)
    if row is None:
        return None
    account_id = row["account_id"]
    key = keys.unwrap(row["key_id"], row["wrapped_key"], account_id.bytes)
    opened = {
        column: key.open_text(row[column], Place("account", column, str(account_id)))
        for column in ("email", "phone", "username", "extras")
        if row[column] is not None
    }
    extras: Mapping[str, str] = (
        json.loads(opened.pop("extras")) if row["extras"] else {}
    )
    known = {
        **opened,
        "suspended_for": row["suspended_for"],
        "country": row["country"],
        "policy_version": row["policy_version"],
    }
    return row, {
        "account_id": str(account_id),
        "app": row["app"],
        "state": row["state"],
        "age_band": row["age_band"],
        "language": row["language"],
        **{name: value for name, value in known.items() if value is not None},
        "confirmed": [one for one in CONTACTS if one in row["identifiers"]],
        "profile": {**extras},
        "purposes": [],
        "own_word_due": row["own_word_due"],
        "opened_at": instant(row["opened_at"]),
    }
