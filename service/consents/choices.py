"""How the purposes of an account stand, as its holder is shown them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held
from service.consents.people import Guardians
from service.consents.says import Says
from service.consents.store import Bond
from service.domain.age_rules import Quorum
from service.domain.consent import Relation
from service.domain.decisions import DecisionKind
from service.domain.grants import Giver, Grant
from service.domain.profiles import Purpose
from service.domain.quorums import Missing, Say, jointly, lacking, quorum_of
from service.domain.refusals import PurposeUnknown
from service.kit.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person as the holder knows them: never by a name or a contact.

    Guardians are numbered, the first is who has had a say longest; without a number
    it is any of them, or one who has none any more.
    """

    kind: Giver
    number: int | None = None
    relation: Relation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """The yes of *by*: what they granted."""

    by: Someone
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How one purpose of an account stands: by which *grant*, and if it is *on*.

    Where guardians decide, *quorum* says whose yes it takes, *own_yes* that it takes
    the child's as well, and *waits_for* whose is missing beside the *words* there are.
    """

    held: Held
    purpose: Purpose
    grant: Grant | None
    on: bool
    quorum: Quorum | None = None
    own_yes: bool = True
    words: tuple[Yes, ...] = ()
    waits_for: tuple[Someone, ...] = ()

    @property
    def decided_by(self) -> Giver:
        """Return who decides about it: for a child a guardian, else the holder."""
        return Giver.HOLDER if decides_alone(self.held) else Giver.GUARDIAN

    @property
    def own_word(self) -> Grant | None:
        """Return what the holder themself said yes to, if they did."""
        own = [one.grant for one in self.words if one.by.kind is Giver.HOLDER]
        return next(iter(own), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Reads how purposes stand; runs in the caller's transaction."""

    says: Says
    guardians: Guardians

    async def of(
        self, connection: Connection, held: Held, *, now: datetime
    ) -> list[Choice]:
        """Return how each purpose stands, in the profile's order."""
        if decides_alone(held):
            return [_alone(held, one, now=now) for one in held.profile.purposes]
        bonds = await self.guardians.of(connection, held.account_id)
        say = await self.says.of(connection, held, now=now)
        return [
            _in_family(held, one, bonds, say, now=now) for one in held.profile.purposes
        ]

    async def one(
        self, connection: Connection, held: Held, purpose_id: str, *, now: datetime
    ) -> Choice:
        """Return how one purpose stands, or raise PurposeUnknown."""
        for choice in await self.of(connection, held, now=now):
            if choice.purpose.id == purpose_id:
                return choice
        raise PurposeUnknown


def decides_alone(held: Held) -> bool:
    """Tell whether the holder needs nobody else's word."""
    return held.account.decision is DecisionKind.ADMIT


def _alone(held: Held, purpose: Purpose, *, now: datetime) -> Choice:
    live = _live(held, purpose)
    on = [one for one in live if one.is_on(held.profile, now=now)]
    return Choice(
        held=held,
        purpose=purpose,
        grant=next(iter(on or live), None),
        on=bool(on),
        words=tuple(Yes(by=Someone(kind=one.given_by), grant=one) for one in live),
    )


def _in_family(
    held: Held,
    purpose: Purpose,
    bonds: Sequence[Bond],
    say: Say,
    *,
    now: datetime,
) -> Choice:
    profile, live = held.profile, _live(held, purpose)
    on = [one for one in live if one.is_on(profile, now=now)]
    waits = lacking(profile, purpose, live, say) if live and not on else Missing()
    known = _numbered(bonds)
    words = [
        Yes(by=known.get(one.giver_id, Someone(kind=one.given_by)), grant=one)
        for one in live
    ]
    return Choice(
        held=held,
        purpose=purpose,
        grant=next(iter(on or live), None),
        on=bool(on),
        quorum=quorum_of(profile, purpose, joint=say.joint),
        own_yes=purpose in jointly(profile, joint=say.joint),
        words=tuple(sorted(words, key=_order)),
        waits_for=(
            *(Someone(kind=Giver.HOLDER) for _ in range(waits.child)),
            *(
                known[one.guardian_id]
                for one in bonds
                if one.guardian_id in waits.guardians
            ),
            *(Someone(kind=Giver.GUARDIAN) for _ in range(waits.any_guardian)),
        ),
    )


def _numbered(bonds: Sequence[Bond]) -> dict[object, Someone]:
    return {
        one.guardian_id: Someone(
            kind=Giver.GUARDIAN, number=number, relation=one.relation
        )
        for number, one in enumerate(bonds, start=1)
    }


def _order(yes: Yes) -> tuple[bool, int, datetime]:
    """Guardians come first, who has had a say longest before the others."""
    by = yes.by
    return by.kind is Giver.HOLDER, by.number or 0, yes.grant.given_at


def _live(held: Held, purpose: Purpose) -> list[Grant]:
    return [one for one in held.live() if one.purpose == purpose.id]
