"""Issuing receipts in the transaction of the change, and finding them for anybody."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid4

from service.accounts.held import Held
from service.domain.accounts import AccountId
from service.domain.actors import ActorKind
from service.domain.grants import Grant
from service.domain.profiles import AppName
from service.domain.receipts import TYPE, Change, Record, body_of
from service.domain.refusals import ReceiptUnknown
from service.kit.database import Connection, Pool
from service.kit.database import connection as reading
from service.kit.secrets import KeyRing
from service.kit.signing import Claims
from service.receipts import store
from service.vault.signing_keys import SigningKeys

PATH: Final = "/receipts/"
REF_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A receipt, and what stands in it: its signature was verified."""

    app: AppName
    jws: str
    claims: Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """The receipts of every account: numbered, chained, signed."""

    base_url: str
    pool: Pool
    keys: KeyRing
    signing_keys: SigningKeys

    @staticmethod
    def new_id() -> UUID:
        """Return an id that nobody can guess: who knows it may read the receipt."""
        return uuid4()

    def address(self, receipt_id: UUID) -> str:
        """Return where a person reads a receipt."""
        return f"{self.base_url}{PATH}{receipt_id}"

    async def issue(
        self,
        connection: Connection,
        held: Held,
        grants: Sequence[Grant],
        change: Change,
        *,
        by: ActorKind,
        receipt_id: UUID | None = None,
        now: datetime,
    ) -> UUID:
        """Issue a receipt about *grants* as they are now; return its id.

        Runs in the transaction that locked the account, so that its receipts follow
        one another.
        """
        account_id, profile = held.account_id, held.profile
        last = await store.find_last(connection, account_id)
        number, previous = (0, None) if last is None else last
        newest = max(grants, key=lambda one: one.given_at)
        order = {one.id: place for place, one in enumerate(profile.purposes)}
        in_order = sorted(grants, key=lambda one: order.get(one.purpose, len(order)))
        record = Record(
            receipt_id=receipt_id or self.new_id(),
            number=number + 1,
            previous=previous and sha256(previous.encode()).hexdigest(),
            issuer=self.base_url,
            at=now,
            change=change,
            by=by,
            profile=profile,
            policy=profile.policy(newest.policy_version),
            jurisdiction=held.account.country or profile.age.default_country,
            subject_ref=self._ref("subject", account_id),
            giver_refs={
                one.giver_id: self._ref("giver", account_id, one.giver_id)
                for one in grants
            },
            grants=in_order,
            on=held.on(now=now),
        )
        jws = self.signing_keys.signatures.sign(body_of(record), typ=TYPE)
        kept = store.Kept(receipt_id=record.receipt_id, app=held.account.app, jws=jws)
        await store.add(connection, kept, account_id, record.number, at=now)
        return record.receipt_id

    async def show(self, receipt_id: UUID) -> Shown:
        """Return a receipt to anybody who knows its id, or raise ReceiptUnknown."""
        async with reading(self.pool) as connection:
            kept = await store.find(connection, receipt_id)
            if kept is None:
                raise ReceiptUnknown
            claims = await self.signing_keys.verify_record(
                connection, kept.jws, typ=TYPE
            )
        return Shown(app=kept.app, jws=kept.jws, claims=claims)

    async def of(self, connection: Connection, account_id: AccountId) -> list[UUID]:
        """Return the ids of an account's receipts, the first one first."""
        return await store.find_of(connection, account_id)

    async def account_ended(
        self, connection: Connection, account_id: AccountId, *, now: datetime
    ) -> None:
        """Note that the account is gone: its receipts are kept a while as proof."""
        await store.end(connection, account_id, at=now)

    async def other_apps(
        self, connection: Connection, apps: Collection[str]
    ) -> list[AppName]:
        """Return the apps that have receipts, but *apps*."""
        return await store.other_apps(connection, apps)

    async def sweep(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Delete the receipts of accounts of *app* that ended before; how many."""
        return await store.sweep(connection, app, before=before)

    def _ref(self, role: str, account_id: AccountId, other: UUID | None = None) -> str:
        """Return a reference that means nothing outside this account's receipts."""
        parts = [str(account_id)] if other is None else [str(account_id), str(other)]
        index = self.keys.blind_index("receipt", role, *parts)
        return base64.urlsafe_b64encode(index[:REF_BYTES]).decode().rstrip("=")
