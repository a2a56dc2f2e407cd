"""The age decisions that registrations and accounts rest on, first and later ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from service.domain import age, age_ups, moves
from service.domain.age import ProvenAge
from service.domain.decisions import AgeBand, Decision, DecisionKind, TurnAway
from service.domain.jurisdictions import Jurisdiction, Jurisdictions
from service.domain.limits import Limits
from service.domain.profiles import PolicyProfile
from service.domain.refusals import CountryUnknown, TicketInvalid, TurnedAway
from service.domain.registration import Registration
from service.gate import store
from service.gate.checks import AgeCheck, Known, Passed
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.queries import Write, write
from service.kit.secrets import KeyRing, SealingKey


class Ageing(Protocol):
    """Somebody who gets older: a registration's applicant, or an account's holder."""

    @property
    def decision_id(self) -> UUID:
        """Return the decision that they rest on."""
        ...

    @property
    def band(self) -> AgeBand:
        """Return how old they are."""
        ...

    @property
    def country(self) -> str | None:
        """Return where they live, if that is known."""
        ...

    @property
    def policy_version(self) -> str:
        """Return the policy version that counts for them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeDecisions:
    """Keeps decisions, and makes the ones that a birthday or a proof leads to."""

    jurisdictions: Jurisdictions

    async def use_ticket(
        self, connection: Connection, check: AgeCheck, *, until: datetime
    ) -> None:
        """Use the ticket of a check up, in the caller's transaction; once, for ever.

        It is remembered *until* it would have run out, whatever becomes of whom it
        was used for.
        """
        if not await store.use_ticket(connection, check.decision_id, until=until):
            raise TicketInvalid

    async def record(
        self,
        connection: Connection,
        check: AgeCheck,
        *,
        subject_id: UUID,
        key: SealingKey,
        at: datetime,
    ) -> None:
        """Keep the decision of a check in the caller's transaction, once."""
        await write(
            connection, self.recording(check, subject_id=subject_id, key=key, at=at)
        )

    def recording(
        self, check: AgeCheck, *, subject_id: UUID, key: SealingKey, at: datetime
    ) -> Write:
        """Return what keeps the decision of a check, once."""
        return store.adding(check, subject_id=subject_id, key=key, at=at)

    async def keep_only(
        self, connection: Connection, decision_id: UUID, *, subject_id: UUID
    ) -> None:
        """Forget what was decided about a subject before this decision."""
        await store.delete_earlier(connection, subject_id=subject_id, than=decision_id)

    async def forget(self, connection: Connection, *, subject_id: UUID) -> None:
        """Forget every decision about a subject that is gone."""
        await store.delete(connection, subject_id=subject_id)

    def birthday_is_near(
        self,
        profile: PolicyProfile,
        check: AgeCheck,
        *,
        now: datetime,
    ) -> bool:
        """Tell whether somebody may age up while their guardian is asked."""
        decision = check.decision
        if (
            decision.kind is not DecisionKind.ASK_GUARDIAN
            or decision.crosses_on is None
        ):
            return False
        place = self.jurisdiction(profile, check.country, now=now)
        crosses_at = age_ups.crosses_at(decision.crosses_on, place)
        return crosses_at <= now + profile.timers.awaiting_guardian

    async def watch_from(
        self,
        connection: Connection,
        subject: Ageing,
        profile: PolicyProfile,
        *,
        key: SealingKey,
        now: datetime,
    ) -> datetime | None:
        """Return from when to look whether somebody ages up; None where none matters.

        No closer than the month: the day itself stays sealed.
        """
        place = self.jurisdiction(profile, subject.country, now=now)
        if not age_ups.may_age_up(subject.band, Limits.of(profile, place)):
            return None
        kept = await store.find(connection, subject.decision_id, key=key)
        return None if kept is None else _watch_from(kept.decision, place)

    def watch_from_decision(
        self,
        decision: Passed,
        subject: Ageing,
        profile: PolicyProfile,
        *,
        now: datetime,
    ) -> datetime | None:
        """Return the same for somebody whose *decision* is at hand."""
        if decision.crosses_on is None:
            return None
        place = self.jurisdiction(profile, subject.country, now=now)
        if not age_ups.may_age_up(subject.band, Limits.of(profile, place)):
            return None
        return _watch_from(decision, place)

    async def come_of_age(
        self,
        connection: Connection,
        crossings: Mapping[UUID, tuple[PolicyProfile, str | None]],
        *,
        keys: KeyRing,
        now: datetime,
    ) -> set[UUID]:
        """Return those of many decisions whose birthday has begun.

        *crossings* says for each whose profile and which country count.
        """
        found = await store.find_crossings(connection, crossings.keys(), keys=keys)
        reached = set[UUID]()
        for decision_id, crosses_on in found.items():
            profile, country = crossings[decision_id]
            place = self.jurisdiction(profile, country, now=now)
            if now >= age_ups.crosses_at(crosses_on, place):
                reached.add(decision_id)
        return reached

    async def after_birthday(
        self,
        connection: Connection,
        subject: Ageing,
        profile: PolicyProfile,
        *,
        key: SealingKey,
        now: datetime,
    ) -> AgeCheck | None:
        """Return the check that a birthday leads to; None before it."""
        kept = await store.find(connection, subject.decision_id, key=key)
        crosses_on = None if kept is None else kept.decision.crosses_on
        if kept is None or crosses_on is None:
            return None
        place = self.jurisdiction(profile, subject.country, now=now)
        if now < age_ups.crosses_at(crosses_on, place):
            return None
        decision = age_ups.after_birthday(
            kept.decision.band,
            crosses_on,
            profile=profile,
            jurisdiction=place,
            policy_version=subject.policy_version,
        )
        return passed_check(profile, decision, subject.country, Known.BIRTHDAY, now)

    async def after_move(
        self,
        connection: Connection,
        subject: Ageing,
        profile: PolicyProfile,
        country: str,
        *,
        key: SealingKey,
        now: datetime,
    ) -> tuple[Decision, Known]:
        """Return what a subject may do in another *country*, and how that is known.

        The law that the decision before rested on says what its birthday means.
        """
        kept = await store.find(connection, subject.decision_id, key=key)
        then = await store.find_decided_at(connection, subject.decision_id)
        if kept is None or then is None:
            raise LookupError("the account rests on no decision")
        decision = moves.decide_anew(
            kept.decision,
            kept.decision.crosses_on,
            before=self.jurisdiction(profile, subject.country, now=then),
            after=self.jurisdiction(profile, country, now=now),
            profile=profile,
            now=now,
        )
        return decision, kept.known

    async def by_law_of(
        self,
        connection: Connection,
        subject: Ageing,
        profile: PolicyProfile,
        *,
        key: SealingKey,
        on: datetime,
        now: datetime,
    ) -> tuple[Decision, Decision] | None:
        """Return what a subject may do *on* a day, by the law of today and of that day.

        None where the law is the same on both.
        """
        today = self.jurisdiction(profile, subject.country, now=now)
        then = self.jurisdiction(profile, subject.country, now=on)
        if today == then:
            return None
        kept = await store.find(connection, subject.decision_id, key=key)
        decided_at = await store.find_decided_at(connection, subject.decision_id)
        if kept is None or decided_at is None:
            return None
        before = self.jurisdiction(profile, subject.country, now=decided_at)

        def under(law: Jurisdiction | None) -> Decision:
            return moves.decide_anew(
                kept.decision,
                kept.decision.crosses_on,
                before=before,
                after=law,
                profile=profile,
                now=on,
            )

        return under(today), under(then)

    def after_proof(
        self,
        registration: Registration,
        profile: PolicyProfile,
        proven: ProvenAge,
        known: Known,
        *,
        now: datetime,
    ) -> AgeCheck | None:
        """Return the check that a proven age leads to; None when it is too young."""
        place = self.jurisdiction(profile, registration.country, now=now)
        decision = age.after_proof(proven, now=now, profile=profile, jurisdiction=place)
        if isinstance(decision, TurnAway):
            return None
        return passed_check(profile, decision, registration.country, known, now)

    def age_to_prove(
        self, profile: PolicyProfile, country: str | None, *, now: datetime
    ) -> int:
        """Return the age in years from which a person may sign up alone."""
        place = self.jurisdiction(profile, country, now=now)
        return Limits.of(profile, place).alone_from or 0

    def jurisdiction(
        self, profile: PolicyProfile, country: str | None, *, now: datetime
    ) -> Jurisdiction | None:
        """Return the law of the person's country, or of the profile's own."""
        code = country or profile.age.default_country
        if code is None:
            return None
        found = self.jurisdictions.find(code, now.date())
        if found is None:
            raise CountryUnknown
        return found


def passed_check(
    profile: PolicyProfile,
    decision: Decision,
    country: str | None,
    known: Known,
    now: datetime,
) -> AgeCheck:
    """Return *decision* as a check with an id of its own, or raise TurnedAway."""
    if isinstance(decision, TurnAway):
        raise TurnedAway(profile.contact.appeals)
    return AgeCheck(
        decision_id=new_id(now),
        app=profile.app,
        decision=decision,
        country=country,
        known=known,
    )


def _watch_from(decision: Passed, place: Jurisdiction | None) -> datetime | None:
    if decision.crosses_on is None:
        return None
    return age_ups.month_of(age_ups.crosses_at(decision.crosses_on, place))
