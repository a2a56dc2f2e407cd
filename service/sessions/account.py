"""An account as its holder sees it."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from service.domain.grants import purposes_on
from service.domain.profiles import AppName
from service.domain.refusals import SessionRequired
from service.kit import queries
from service.kit.clock import Clock
from service.kit.database import Pool
from service.kit.queries import Row
from service.kit.secrets import KeyRing, Place
from service.kit.times import instant
from service.profiles.reader import Profiles
from service.sessions.opening import is_idle
from service.sessions.store import granted_of

_sql = queries.load("sessions")

CONTACTS: Final = ("email", "phone")
SEALED: Final = ("email", "phone", "username")
OPEN: Final = ("suspended_for", "country", "policy_version")


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
        now, profile = self.clock.now(), self.profiles.get(app)
        row = await _sql["find_shown"].seen(
            self.pool, session_id=session_id, epoch=epoch
        )
        if row is None or row["expires_at"] <= now:
            raise SessionRequired
        if profile is None or row["app"] != app:
            raise SessionRequired
        if is_idle(profile, row["last_used_at"], now=now):
            raise SessionRequired
        on: tuple[str, ...] = ()
        if row["suspended_for"] is None:
            on = purposes_on(profile, granted_of(row), now=now)
        return _shown(row, keys=self.keys, purposes=on)


def _shown(row: Row, *, keys: KeyRing, purposes: Collection[str]) -> dict[str, object]:
    """Return the account as it is shown, opened from its seal."""
    account_id = row["account_id"]
    text = str(account_id)
    key = keys.unwrap(row["key_id"], row["wrapped_key"], account_id.bytes)
    shown: dict[str, object] = {
        "account_id": text,
        "app": row["app"],
        "state": row["state"],
        "age_band": row["age_band"],
        "language": row["language"],
        "confirmed": [one for one in CONTACTS if one in row["identifiers"]],
        "profile": {},
        "purposes": purposes,
        "own_word_due": row["own_word_due"],
        "opened_at": instant(row["opened_at"]),
    }
    for column in SEALED:
        if row[column] is not None:
            shown[column] = key.open_text(row[column], Place("account", column, text))
    if row["extras"]:
        sealed = key.open_text(row["extras"], Place("account", "extras", text))
        shown["profile"] = json.loads(sealed)
    for column in OPEN:
        if row[column] is not None:
            shown[column] = row[column]
    return shown
