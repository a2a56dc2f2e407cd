"""What another law makes of an account: a guardian, a proof, or consent together."""

from dataclasses import dataclass, replace
from datetime import datetime

from service.accounts.held import Held, HeldAccounts
from service.consents.endings import invalidated
from service.consents.flows import Consents
from service.domain.actors import Actor
from service.domain.decisions import Decision, DecisionKind, TurnAway
from service.domain.events import Cause
from service.gate.checks import Known
from service.gate.decisions import passed_check
from service.guardians.coming_of_age import ComingOfAge
from service.kit.database import Connection
from service.minors.reviews import Reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """Lets follow what a decision under another law leads to."""

    held: HeldAccounts
    consents: Consents
    coming_of_age: ComingOfAge
    reviews: Reviews

    async def follow(
        self,
        connection: Connection,
        held: Held,
        decision: Decision,
        known: Known,
        *,
        actor: Actor,
        now: datetime,
    ) -> Held:
        """Let the account rest on a *decision*, and let happen what it asks for.

        Who has to prove an age there is under review until they have. Who needs a
        guardian there has nothing on until one has consented. Who decides alone there
        is freed as by a birthday. Where a guardian's say goes on, everything that was
        granted stands as the quorum there has it.
        """
        cause, before = Cause.COUNTRY_CHANGED, held.account.decision
        if isinstance(decision, TurnAway) or decision.kind is DecisionKind.ASK_PROOF:
            await self.reviews.begin(
                connection, held, cause=cause, actor=actor, now=now
            )
            return await self.held.lock(connection, held.account_id) or held
        guarded = before is DecisionKind.ASK_GUARDIAN
        freed = guarded and decision.kind is DecisionKind.ADMIT
        if freed:
            held = replace(held, account=replace(held.account, own_word_due=True))
        country = held.account.country
        check = passed_check(held.profile, decision, country, known, now)
        held = await self.held.rest_on(connection, held, check, now=now)
        if freed:
            await self.coming_of_age.free(connection, held, now=now)
        elif decision.kind is DecisionKind.ASK_GUARDIAN and not guarded:
            held = await self._ask_guardian(connection, held, actor=actor, now=now)
        elif guarded:
            held = await self.consents.regrouping.regroup(
                connection, held, cause=cause, actor=actor, now=now
            )
            held = await self.consents.suspensions.settle(
                connection, held, cause=cause, actor=actor, now=now
            )
        return held

    async def _ask_guardian(
        self, connection: Connection, held: Held, *, actor: Actor, now: datetime
    ) -> Held:
        """End what the holder had agreed to: a guardian has to, where they live now."""
        cause = Cause.COUNTRY_CHANGED
        held = await self.held.own_word_given(connection, held)
        if held.live():
            ending = invalidated(cause, actor)
            changed = await self.consents.endings.end(
                connection, held, held.live(), ending, now=now
            )
            return changed.held
        return await self.consents.suspensions.settle(
            connection, held, cause=cause, actor=actor, now=now
        )
