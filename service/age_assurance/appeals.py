"""Holders who appeal against an age review by a fresh proof, never by stored data."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service.accounts.held import Held
from service.age_assurance import appeal_store
from service.age_assurance.appeal_store import AppealProof
from service.age_assurance.flows import begun
from service.age_assurance.providers import (
    RETURN_PATHS,
    Outcome,
    ProofId,
    ProofProvider,
    ProofWanted,
    Role,
)
from service.age_assurance.standing import Standing
from service.domain import age
from service.domain.accounts import AccountId, Suspension
from service.domain.actors import PROVIDER, holder
from service.domain.age import ProvenAge
from service.domain.appeals import (
    APPEAL_TRIES,
    Appeal,
    AppealState,
    ways_to_appeal,
)
from service.domain.decisions import DecisionKind
from service.domain.events import Cause, EventType
from service.domain.profiles import ProofMethod
from service.domain.refusals import (
    ProofMethodUnknown,
    ProofsUsedUp,
    ProofUnavailable,
    ProofUnknown,
)
from service.gate.checks import Known
from service.gate.decisions import AgeDecisions
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.ids import new_id
from service.minors.appeals import Appeals
from service.outbox.flows import Outbox

CAUSES: Final[Mapping[EventType, Cause]] = {
    EventType.AGE_PROOF_REQUESTED: Cause.PROOF_STARTED,
    EventType.AGE_PROOF_ACCEPTED: Cause.PROOF_ACCEPTED,
    EventType.AGE_PROOF_FAILED: Cause.PROOF_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealProofs:
    """Begins the proofs of appeals, and lets what a provider says of them count."""

    base_url: str
    pool: Pool
    clock: Clock
    providers: Mapping[str, ProofProvider]
    decisions: AgeDecisions
    appeals: Appeals
    outbox: Outbox

    async def look(self, account_id: AccountId) -> Standing:
        """Return how the appeal of an account stands, or raise AccountUnknown."""
        async with reading(self.pool) as connection:
            held, appeal = await self.appeals.find(connection, account_id)
            return await self._standing(connection, held, appeal)

    async def appeal(
        self, account_id: AccountId, method: ProofMethod | None
    ) -> Standing:
        """Open an appeal, or go on with it, by a fresh proof where a *method* is named.

        A proof begun before leads to nothing; one that the provider could not begin
        does not count. Raises what opening an appeal can, ProofMethodUnknown,
        ProofsUsedUp and ProofUnavailable.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            held, appeal = await self.appeals.open(connection, account_id, now=now)
            wanted = None
            if method is not None:
                wanted = await self._begin(connection, held, appeal, method, now=now)
            standing = await self._standing(connection, held, appeal)
        if wanted is None:
            return standing
        provider = self.providers[held.profile.age_proof_provider or ""]
        try:
            step = await begun(provider, wanted)
        except ProofUnavailable:
            async with transaction(self.pool) as connection:
                await appeal_store.delete(connection, wanted.proof_id)
            raise
        return replace(standing, href=step.href)

    async def conclude(
        self,
        connection: Connection,
        proof_id: ProofId,
        outcome: Outcome,
        *,
        now: datetime,
    ) -> tuple[AccountId, AppealState]:
        """Let what a provider says of a holder count, or raise ProofUnknown.

        Too young, it counts also when another proof was begun meanwhile.
        """
        found = await appeal_store.find(connection, proof_id)
        locked = found and await self.appeals.lock(connection, found.account_id)
        proof = await appeal_store.find(connection, proof_id)  # now under the lock
        under = outcome is Outcome.UNDER
        if not locked or proof is None or not (proof.pending or under):
            raise ProofUnknown
        held, appeal = locked
        if appeal.appeal_id != proof.appeal_id:
            raise ProofUnknown
        await appeal_store.close_pending(connection, appeal.appeal_id)
        match outcome:
            case Outcome.OVER:
                proven, cause = ProvenAge(over=proof.threshold), Cause.PROOF_ACCEPTED
            case Outcome.UNDER:
                proven, cause = ProvenAge(under=proof.threshold), Cause.PROVEN_TOO_YOUNG
            case _:
                state = await self._failed(connection, held, appeal, proof, now=now)
                return held.account_id, state
        place = self.decisions.jurisdiction(held.profile, held.account.country, now=now)
        decision = age.after_proof(
            proven, now=now, profile=held.profile, jurisdiction=place
        )
        if decision.kind is DecisionKind.ASK_PROOF:  # it leaves open what counts
            state = await self._failed(connection, held, appeal, proof, now=now)
            return held.account_id, state
        if outcome is Outcome.OVER:
            accepted = EventType.AGE_PROOF_ACCEPTED
            await self._tell(connection, held, accepted, proof.method, now=now)
        state = await self.appeals.reviews.end(
            connection,
            held,
            decision,
            Known(proof.method),
            actor=PROVIDER,
            cause=cause,
            now=now,
        )
        return held.account_id, state

    async def _begin(
        self,
        connection: Connection,
        held: Held,
        appeal: Appeal,
        method: ProofMethod,
        *,
        now: datetime,
    ) -> ProofWanted:
        profile, account = held.profile, held.account
        ways, provider = ways_to_appeal(profile), profile.age_proof_provider
        if method not in ways:
            raise ProofMethodUnknown
        if provider is None or provider not in self.providers:
            raise ProofUnavailable
        if await appeal_store.count(connection, appeal.appeal_id) >= APPEAL_TRIES:
            raise ProofsUsedUp
        proof = AppealProof(
            proof_id=ProofId(new_id(now)),
            appeal_id=appeal.appeal_id,
            account_id=held.account_id,
            method=method,
            threshold=self.decisions.age_to_prove(profile, account.country, now=now),
            pending=True,
        )
        await appeal_store.add(connection, proof, provider=provider, at=now)
        requested = EventType.AGE_PROOF_REQUESTED
        await self._tell(connection, held, requested, method, now=now)
        return ProofWanted(
            proof_id=proof.proof_id,
            app=profile.app,
            method=method,
            threshold=proof.threshold,
            language=account.language,
            role=Role.HOLDER,
            return_url=f"{self.base_url}{RETURN_PATHS[Role.HOLDER]}",
        )

    async def _failed(
        self,
        connection: Connection,
        held: Held,
        appeal: Appeal,
        proof: AppealProof,
        *,
        now: datetime,
    ) -> AppealState:
        """Note a proof that led to nothing; the last one ends the appeal."""
        failed, cause = EventType.AGE_PROOF_FAILED, Cause.PROOF_FAILED
        await self._tell(connection, held, failed, proof.method, now=now)
        if await appeal_store.count(connection, appeal.appeal_id) < APPEAL_TRIES:
            return AppealState.OPEN
        await self.appeals.reviews.reject(
            connection, held, appeal, cause=cause, actor=PROVIDER, now=now
        )
        return AppealState.REJECTED

    async def _standing(
        self, connection: Connection, held: Held, appeal: Appeal | None
    ) -> Standing:
        reviewed = held.account.condition.suspended_for is Suspension.AGE_REVIEW
        used, under_way = 0, False
        if appeal is not None:
            used = await appeal_store.count(connection, appeal.appeal_id)
            under_way = await appeal_store.is_pending(connection, appeal.appeal_id)
        left = APPEAL_TRIES - used
        goes_on = reviewed and left > 0 and (appeal is None or appeal.open)
        return Standing(
            reviewed=reviewed,
            appeal=appeal,
            ways=ways_to_appeal(held.profile) if goes_on else (),
            tries_left=left if goes_on else 0,
            under_way=under_way,
        )

    async def _tell(
        self,
        connection: Connection,
        held: Held,
        event_type: EventType,
        method: ProofMethod,
        *,
        now: datetime,
    ) -> None:
        """Tell that a holder began a proof, or what a provider said of one."""
        cause = CAUSES[event_type]
        began = cause is Cause.PROOF_STARTED
        event = held.event(
            event_type, cause, holder(held.account_id) if began else PROVIDER
        )
        await self.outbox.record(connection, replace(event, assurance=method), at=now)
