"""What the age gate says, and why: the facts that are kept of an age check.

A decision holds the threshold and the rule, never the person's age or birth date: the
result of the check is kept, and not what it was made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias, assert_never


class AgeBand(StrEnum):
    """How old a person is, as coarsely as the rules need it.

    A *child* is below the age of self-consent that applies (14 unless the law says
    otherwise); a *minor* is below 18, or below the jurisdiction's adult age.
    """

    NOT_ASKED = "not_asked"
    CHILD = "child"
    MINOR = "minor"
    ADULT = "adult"


class DecisionKind(StrEnum):
    """The four things the gate can say."""

    ADMIT = "admit"
    ASK_PROOF = "ask_proof"
    ASK_GUARDIAN = "ask_guardian"
    TURN_AWAY = "turn_away"


class Rule(StrEnum):
    """The rule a decision rests on; each leads to one *kind* of decision."""

    NO_AGE_ASKED = "no_age_asked"
    OLD_ENOUGH = "old_enough"
    PROVEN_OLD_ENOUGH = "proven_old_enough"
    PROOF_REQUIRED = "proof_required"
    PROOF_INCONCLUSIVE = "proof_inconclusive"
    APPEALED = "appealed"
    GUARDIAN_BELOW = "guardian_below"
    LAW_SELF_CONSENT = "law_self_consent"
    EARLIER_ASK_GUARDIAN = "earlier_ask_guardian"
    MINIMUM_AGE = "minimum_age"
    PROVEN_TOO_YOUNG = "proven_too_young"
    EARLIER_TURN_AWAY = "earlier_turn_away"

    @property
    def kind(self) -> DecisionKind:
        """Return the kind of decision that this rule leads to."""
        return _LEADS_TO[self]


_LEADS_TO: Final[Mapping[Rule, DecisionKind]] = {
    Rule.NO_AGE_ASKED: DecisionKind.ADMIT,
    Rule.OLD_ENOUGH: DecisionKind.ADMIT,
    Rule.PROVEN_OLD_ENOUGH: DecisionKind.ADMIT,
    Rule.PROOF_REQUIRED: DecisionKind.ASK_PROOF,
    Rule.PROOF_INCONCLUSIVE: DecisionKind.ASK_PROOF,
    Rule.APPEALED: DecisionKind.ASK_PROOF,
    Rule.GUARDIAN_BELOW: DecisionKind.ASK_GUARDIAN,
    Rule.LAW_SELF_CONSENT: DecisionKind.ASK_GUARDIAN,
    Rule.EARLIER_ASK_GUARDIAN: DecisionKind.ASK_GUARDIAN,
    Rule.MINIMUM_AGE: DecisionKind.TURN_AWAY,
    Rule.PROVEN_TOO_YOUNG: DecisionKind.TURN_AWAY,
    Rule.EARLIER_TURN_AWAY: DecisionKind.TURN_AWAY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the gate decided so: enough to explain it later (TM-11), and no more.

    *clause* is what the operator's policy says, or the law where the law is stricter;
    *law* is named when it asks for this threshold. The threshold is no one's age.
    """

    rule: Rule
    threshold: int | None
    clause: str
    law: str | None
    jurisdiction: str | None
    profile: str
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """Old enough, or never asked: the registration goes on alone.

    *crosses_on* is the next day a birthday matters; it hints at the birthday, so it
    is personal data wherever it is stored.
    """

    band: AgeBand
    reason: Reason
    crosses_on: date | None = None

    @property
    def kind(self) -> DecisionKind:
        """Return the decision's name in the API and the database."""
        return DecisionKind.ADMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGuardian:
    """A guardian must consent before there is an account."""

    band: AgeBand
    reason: Reason
    crosses_on: date | None = None

    @property
    def kind(self) -> DecisionKind:
        """Return the decision's name in the API and the database."""
        return DecisionKind.ASK_GUARDIAN


@dataclass(frozen=True, slots=True, kw_only=True)
class AskProof:
    """The person must prove their age before there is an account."""

    band: AgeBand
    reason: Reason
    crosses_on: date | None = None

    @property
    def kind(self) -> DecisionKind:
        """Return the decision's name in the API and the database."""
        return DecisionKind.ASK_PROOF


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAway:
    """Too young for this platform: nothing may be kept."""

    band: AgeBand
    reason: Reason

    @property
    def kind(self) -> DecisionKind:
        """Return the decision's name in the API and the database."""
        return DecisionKind.TURN_AWAY


Decision: TypeAlias = Admit | AskGuardian | AskProof | TurnAway


def conclude(
    reason: Reason, *, band: AgeBand, crosses_on: date | None = None
) -> Decision:
    """Return the decision that *reason* leads to; of a person turned away, no date."""
    match reason.rule.kind:
        case DecisionKind.ADMIT:
            return Admit(band=band, reason=reason, crosses_on=crosses_on)
        case DecisionKind.ASK_PROOF:
            return AskProof(band=band, reason=reason, crosses_on=crosses_on)
        case DecisionKind.ASK_GUARDIAN:
            return AskGuardian(band=band, reason=reason, crosses_on=crosses_on)
        case DecisionKind.TURN_AWAY:
            return TurnAway(band=band, reason=reason)
        case _:
            assert_never(reason.rule.kind)


_STRICTNESS: Final = (
    DecisionKind.ADMIT,
    DecisionKind.ASK_PROOF,
    DecisionKind.ASK_GUARDIAN,
    DecisionKind.TURN_AWAY,
)


def stricter(earlier: DecisionKind, later: DecisionKind) -> DecisionKind:
    """Return the kind that counts when a person answers twice within a day.

    The youngest answer stands for 24 hours (FTC neutral screen, no back-buttoning).
    """
    return max(earlier, later, key=_STRICTNESS.index)
