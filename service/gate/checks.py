"""What the gate is told and says, and what its clients carry in between."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Self, TypeAlias
from uuid import UUID

from service.domain.decisions import (
    Admit,
    AgeBand,
    AskGuardian,
    AskProof,
    Decision,
    DecisionKind,
    Reason,
    Rule,
)
from service.domain.profiles import AppName
from service.domain.refusals import TicketInvalid
from service.kit.secrets import KeyRing, UnsealError
from service.kit.tokens import new_token

Passed: TypeAlias = Admit | AskGuardian | AskProof

TICKET: Final = "age ticket"
MEMORY: Final = "gate memory"
TEXT_LENGTH: Final = 4096


class Known(StrEnum):
    """How an age is known."""

    NOT_ASKED = "not_asked"
    DECLARED = "declared"
    DOCUMENT = "document"
    CARD = "card"
    WALLET = "wallet"
    BIRTHDAY = "birthday"


PROVEN: Final = frozenset({Known.DOCUMENT, Known.CARD, Known.WALLET})


def proves_all(known: Known, decision: Decision, band: AgeBand) -> bool:
    """Tell whether a proof says all of somebody in *band*, or less than was declared.

    Who was asked to prove one age alone is not made younger by it.
    """
    return known in PROVEN and decision.band is band


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeCheck:
    """An age check that somebody passed, with all that is kept of it."""

    decision_id: UUID
    app: AppName
    decision: Passed
    country: str | None
    known: Known


_MAKES: Final[Mapping[str, type[Passed]]] = {
    DecisionKind.ADMIT: Admit,
    DecisionKind.ASK_GUARDIAN: AskGuardian,
    DecisionKind.ASK_PROOF: AskProof,
}


def passed(
    kind: str, band: str, reason: Mapping[str, object], crosses_on: date | None
) -> Passed:
    """Return the decision from the values it was kept as."""
    told = {**reason, "rule": Rule(str(reason["rule"]))}
    return _MAKES[kind](
        band=AgeBand(band),
        reason=Reason(**told),  # type: ignore[arg-type]
        crosses_on=crosses_on,
    )


def make_ticket(keys: KeyRing, check: AgeCheck, *, expires_at: datetime) -> str:
    """Return *check* as a ticket that its holder can neither read nor change."""
    body = {
        "id": str(check.decision_id),
        "app": check.app,
        "kind": check.decision.kind,
        "band": check.decision.band,
        "reason": asdict(check.decision.reason),
        "crosses_on": check.decision.crosses_on,
        "country": check.country,
        "known": check.known,
        "expires_at": expires_at.isoformat(),
    }
    return keys.carry(TICKET, json.dumps(body, default=str).encode())


def read_ticket(keys: KeyRing, ticket: str, *, app: AppName, now: datetime) -> AgeCheck:
    """Return the check behind *ticket*, or raise TicketInvalid."""
    if len(ticket) > TEXT_LENGTH:
        raise TicketInvalid
    try:
        body = json.loads(keys.carried(TICKET, ticket))
    except UnsealError as error:
        raise TicketInvalid from error
    if body["app"] != app or now >= datetime.fromisoformat(body["expires_at"]):
        raise TicketInvalid
    crosses_on = body["crosses_on"]
    return AgeCheck(
        decision_id=UUID(body["id"]),
        app=app,
        decision=passed(
            body["kind"],
            body["band"],
            body["reason"],
            None if crosses_on is None else date.fromisoformat(crosses_on),
        ),
        country=body["country"],
        known=Known(body["known"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a browser remembers of its answers: the strictest counts while a lock lasts.

    *device* is a random name of this browser, known to the database by its keyed hash
    alone, and only after somebody was turned away.
    """

    device: str
    answers: Mapping[AppName, tuple[DecisionKind, datetime]] = field(
        default_factory=dict
    )

    @classmethod
    def fresh(cls) -> Self:
        """Return the memory of a browser that was never here."""
        return cls(device=new_token())

    def earlier(self, app: AppName, *, now: datetime) -> DecisionKind:
        """Return the strictest answer that still counts; *admit* if there is none."""
        kind, until = self.answers.get(app, (DecisionKind.ADMIT, now))
        return kind if now < until else DecisionKind.ADMIT

    def with_answer(
        self, app: AppName, kind: DecisionKind, *, now: datetime, counts: timedelta
    ) -> Self:
        """Return the memory with one more answer; a stricter one keeps its own end."""
        if kind is DecisionKind.ADMIT or self.earlier(app, now=now) is kind:
            return self
        return replace(self, answers={**self.answers, app: (kind, now + counts)})

    def dump(self, keys: KeyRing) -> str:
        """Return the memory as the value of a cookie."""
        answers = {
            app: [kind, until.isoformat()]
            for app, (kind, until) in self.answers.items()
        }
        body = {"device": self.device, "answers": answers}
        return keys.carry(MEMORY, json.dumps(body).encode())

    @classmethod
    def load(cls, keys: KeyRing, text: str) -> Self:
        """Return the memory behind a cookie; a fresh one when it is not ours."""
        if not text or len(text) > TEXT_LENGTH:
            return cls.fresh()
        try:
            body = json.loads(keys.carried(MEMORY, text))
        except UnsealError:
            return cls.fresh()
        answers = {
            AppName(app): (DecisionKind(kind), datetime.fromisoformat(until))
            for app, (kind, until) in body["answers"].items()
        }
        return cls(device=body["device"], answers=answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeAnswer:
    """What somebody answers at the gate, as declared: dates are checked here."""

    date_of_birth: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the gate said; *ticket* is None for who is turned away."""

    decision: Decision
    ticket: str | None
    expires_at: datetime
    memory: Memory
