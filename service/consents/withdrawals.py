"""Consent that is withdrawn: by a guardian, or by a holder who decides alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held
from service.consents.endings import Endings, withdrawn
from service.consents.grants import Changed
from service.consents.letters import GuardianLetters
from service.consents.says import Says
from service.domain.actors import Actor
from service.domain.consent import GuardianId
from service.domain.events import Cause
from service.domain.grants import GrantState
from service.domain.refusals import PurposesWrong
from service.kit.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawals:
    """Withdraws consent, in the transaction that locked the account."""

    says: Says
    endings: Endings
    letters: GuardianLetters

    async def withdraw(
        self,
        connection: Connection,
        held: Held,
        purposes: Collection[str] | None,
        *,
        guardian_id: GuardianId | None,
        actor: Actor,
        cause: Cause,
        now: datetime,
    ) -> Changed:
        """Withdraw consent for *purposes*, or for every one; with effect at once.

        A guardian stops what any guardian gave, and withdraws their own word; a holder
        (no *guardian_id*) withdraws whatever was given. What is withdrawn already stays
        so, and nothing is told twice. Raises PurposesWrong for what was never granted.
        """
        if purposes is not None and not set(purposes) <= {
            one.purpose for one in held.grants
        }:
            raise PurposesWrong
        some = [
            one for one in held.live() if purposes is None or one.purpose in purposes
        ]
        live = [one for one in some if guardian_id in {None, one.giver_id}]
        if guardian_id is not None:
            stopped = {one.purpose for one in some} | {*(purposes or ())}
            await self.says.object(
                connection, held.account_id, guardian_id, stopped, now=now
            )
        if not live and all(one.state is GrantState.WAITING for one in some):
            return Changed(held=held, receipt_id=None, grants=())
        changed = await self.endings.end(
            connection, held, live, withdrawn(cause, actor), now=now
        )
        await self.letters.of_withdrawal(connection, changed, now=now)
        return changed
