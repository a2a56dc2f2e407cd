"""How one purpose of an account stands, as its holder is shown it."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.held import Held
from service.domain.decisions import DecisionKind
from service.domain.grants import Giver, Grant
from service.domain.profiles import Purpose
from service.domain.refusals import PurposeUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """How one purpose of an account stands: by which *grant*, and if it is *on*."""

    held: Held
    purpose: Purpose
    grant: Grant | None
    on: bool

    @property
    def decided_by(self) -> Giver:
        """Return who decides about it: for a child a guardian, else the holder."""
        alone = self.held.account.decision is DecisionKind.ADMIT
        return Giver.HOLDER if alone else Giver.GUARDIAN


def choice_of(held: Held, purpose_id: str, *, now: datetime) -> Choice:
    """Return how a purpose stands, or raise PurposeUnknown."""
    purpose, profile = held.profile.purpose(purpose_id), held.profile
    if purpose is None:
        raise PurposeUnknown
    live = [one for one in held.live() if one.purpose == purpose_id]
    on = [one for one in live if one.is_on(profile, now=now)]
    return Choice(
        held=held, purpose=purpose, grant=next(iter(on or live), None), on=bool(on)
    )
