"""The sessions of guardians: opened by what they proved, and raised by one proof more.

Whoever uses a second factor has not lost it: a recovery that waits is called off.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service.audit import log as audit
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.authenticators import Factor
from service.domain.consent import GuardianId
from service.domain.guardian_factors import (
    GuardianSession,
    carries_second_factor,
    provable,
)
from service.domain.profiles import AppName
from service.domain.refusals import GuardianTokenMissing
from service.guardian_accounts import factor_store, store
from service.kit.database import Connection
from service.kit.tokens import hash_token, new_token

PREFIX: Final = "agg."
"""What a guardian's token begins with: no other door takes it, and this no other."""

SESSION_LASTS: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A guardian's own token, until when it is good, and what it was given for.

    *provable* are the second factors that would make it carry more.
    """

    token: str = field(repr=False)
    expires_at: datetime
    methods: frozenset[Factor]
    provable: tuple[Factor, ...]


async def open_session(
    connection: Connection,
    app: AppName,
    guardian_id: GuardianId,
    methods: Collection[Factor],
    *,
    now: datetime,
) -> SignedIn | None:
    """Sign a guardian in; None where there is none any more."""
    enrolled = await factor_store.find(connection, guardian_id)
    if enrolled is None:
        return None
    token, expires_at, proven = new_token(), now + SESSION_LASTS, frozenset(methods)
    await store.add_session(
        connection,
        hash_token(token),
        guardian_id,
        methods=proven,
        at=now,
        expires_at=expires_at,
    )
    by = {"by": " ".join(sorted(proven))}
    await note(connection, app, guardian_id, "guardian.signed_in", by, now=now)
    await _call_off(connection, app, guardian_id, proven, now=now)
    return SignedIn(
        token=f"{PREFIX}{token}",
        expires_at=expires_at,
        methods=proven,
        provable=() if carries_second_factor(proven) else provable(enrolled),
    )


async def raise_session(
    connection: Connection,
    app: AppName,
    session: GuardianSession,
    method: Factor,
    *,
    now: datetime,
) -> SignedIn:
    """Let a session go on with one more proof, under another token.

    Whoever holds the old one holds nothing. Raises GuardianTokenMissing where the
    session is over.
    """
    token, proven = new_token(), session.methods | {method}
    expires_at = await store.raise_session(
        connection, session.session_hash, hash_token(token), methods=proven, now=now
    )
    if expires_at is None:
        raise GuardianTokenMissing
    await _call_off(connection, app, session.guardian_id, proven, now=now)
    return SignedIn(
        token=f"{PREFIX}{token}", expires_at=expires_at, methods=proven, provable=()
    )


async def note(
    connection: Connection,
    app: AppName,
    guardian_id: GuardianId,
    action: str,
    detail: dict[str, str] | None = None,
    *,
    now: datetime,
) -> None:
    """Write down what a guardian did about their own way in."""
    entry = Entry(
        app=app,
        subject_id=guardian_id,
        actor=Actor(ActorKind.GUARDIAN, guardian_id),
        action=action,
        detail=detail or {},
    )
    await audit.record(connection, entry, at=now)


async def _call_off(
    connection: Connection,
    app: AppName,
    guardian_id: GuardianId,
    proven: Collection[Factor],
    *,
    now: datetime,
) -> None:
    if carries_second_factor(proven) and await factor_store.cancel_recovery(
        connection, guardian_id
    ):
        done = "guardian.recovery_called_off"
        await note(connection, app, guardian_id, done, now=now)
