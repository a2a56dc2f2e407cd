"""Signed forms in PostgreSQL, sealed, for as long as nobody has decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

from service.domain.accounts import AccountId
from service.domain.consent import ConsentRequestId
from service.domain.consent_forms import FormId, SignedForm
from service.domain.profiles import AppName
from service.domain.registration import RegistrationId
from service.domain.scans import ScanKind
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("consent_forms")

TABLE: Final = "consent_form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How many forms wait, and since when the oldest does."""

    waiting: int
    oldest_at: datetime


def seal(picture: bytes, form_id: FormId, key: SealingKey) -> bytes:
    """Return the picture of a form, sealed to its row."""
    return key.seal(picture, bytes(_place(form_id)))


async def add(
    connection: Connection,
    form: SignedForm,
    verification: int,
    sealed: bytes,
    *,
    tell_at: datetime,
) -> bool:
    """Keep a form; False where one was sent for the same try before."""
    added = await _sql["add_form"].run(
        connection,
        form_id=form.form_id,
        consent_request_id=form.consent_request_id,
        verification=verification,
        app=form.app,
        kind=form.kind,
        size=form.size,
        sha256=form.sha256,
        reference=form.reference,
        picture=sealed,
        uploaded_at=form.uploaded_at,
        tell_at=tell_at,
    )
    return added == 1


async def every(connection: Connection) -> Sequence[SignedForm]:
    """Return the forms that wait, the oldest first."""
    rows = await _sql["find_forms"].all(connection, form_id=None)
    return [_form(row) for row in rows]


async def every_of(
    connection: Connection, account_id: AccountId
) -> Sequence[SignedForm]:
    """Return the forms that wait for an account, the oldest first."""
    rows = await _sql["find_forms_of"].all(connection, account_id=account_id)
    return [_form(row) for row in rows]


async def find(connection: Connection, form_id: FormId) -> SignedForm | None:
    """Return a form that waits, or None."""
    rows = await _sql["find_forms"].all(connection, form_id=form_id)
    return _form(rows[0]) if rows else None


async def open_picture(
    connection: Connection, form_id: FormId, key: SealingKey
) -> bytes:
    """Return what a form looks like."""
    sealed = await _sql["find_picture"].value(connection, form_id=form_id)
    return key.open(_bytes(sealed), bytes(_place(form_id)))


async def is_waiting(
    connection: Connection, request_id: ConsentRequestId, verification: int
) -> bool:
    """Tell whether a form was sent for this try."""
    found = await _sql["is_waiting"].value(
        connection, consent_request_id=request_id, verification=verification
    )
    return found is True


async def approve(connection: Connection, form_id: FormId, reviewer: str) -> None:
    """Keep who was the first to say that a form counts."""
    await _sql["approve_form"].run(connection, form_id=form_id, approved_by=reviewer)


async def delete(connection: Connection, form_id: FormId) -> None:
    """Forget a form, with the picture of it."""
    await _sql["delete_form"].run(connection, form_id=form_id)


async def sweep(connection: Connection) -> int:
    """Delete the forms of tries that are over; how many."""
    return await _sql["delete_stale_forms"].run(connection)


async def measure(connection: Connection) -> Mapping[AppName, Depth]:
    """Return how many forms wait for each app."""
    rows = await _sql["measure_forms"].all(connection)
    return {
        AppName(row["app"]): Depth(waiting=row["waiting"], oldest_at=row["oldest_at"])
        for row in rows
    }


async def take_untold(
    connection: Connection, *, now: datetime, again_at: datetime
) -> list[AppName]:
    """Return the apps whose operator is to be told of forms, and note that they are."""
    rows = await _sql["take_untold_apps"].all(connection, now=now, again_at=again_at)
    return [AppName(row["app"]) for row in rows]


def _form(row: asyncpg.Record) -> SignedForm:
    return SignedForm(
        form_id=FormId(row["form_id"]),
        consent_request_id=ConsentRequestId(row["consent_request_id"]),
        subject_id=RegistrationId(row["subject_id"]),
        app=AppName(row["app"]),
        kind=ScanKind(row["kind"]),
        size=row["size"],
        sha256=row["sha256"],
        reference=row["reference"],
        uploaded_at=row["uploaded_at"],
        approved_by=row["approved_by"],
    )


def _place(form_id: FormId) -> Place:
    return Place(TABLE, "picture", str(form_id))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""
