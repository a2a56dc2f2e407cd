"""The JSON of what the holder of an account decides about their data."""

from dataclasses import dataclass

from service.consents.choices import Choice, Someone, Yes
from service.domain.grants import Giver
from service.kit.fields import Flag
from service.kit.times import instant
from service.kit.web import Form
from service.profiles.shown import show_purpose


@dataclass(frozen=True, slots=True)
class Word:
    """Whether a purpose may be pursued."""

    granted: bool


class WordForm(Form[Word]):
    """The body of PUT /v1/account/purposes/{purpose}."""

    makes = Word

    granted = Flag(required=True)


def show(choice: Choice) -> dict[str, object]:
    """Return how a purpose stands, who decides about it, and how the account stands."""
    account, timers = choice.held.account, choice.held.profile.timers
    grant, since = choice.grant, choice.held.account.suspended_at
    return {
        "purpose": show_purpose(choice.purpose),
        "granted": choice.on,
        "decided_by": choice.decided_by,
        "given_by": grant and grant.given_by,
        "policy_version": grant and grant.policy_version,
        "given_at": grant and instant(grant.given_at),
        "ends_at": grant and grant.ends_at and instant(grant.ends_at),
        "quorum": choice.quorum,
        "own_yes": choice.own_yes,
        "words": [_yes(one) for one in choice.words],
        "waits_for": [_someone(one) for one in choice.waits_for],
        "own_word_due": account.own_word_due,
        "account_state": account.condition.state,
        "erased_at": since and instant(since + timers.suspended),
    }


def _yes(yes: Yes) -> dict[str, object]:
    """Return who said yes, and until when that counts."""
    grant = yes.grant
    return {
        **_someone(yes.by),
        "state": grant.state,
        "policy_version": grant.policy_version,
        "given_at": instant(grant.given_at),
        "ends_at": grant.ends_at and instant(grant.ends_at),
    }


def _someone(who: Someone) -> dict[str, object]:
    """Return a person as the holder knows them, by nothing that reaches them."""
    return {
        "who": "you" if who.kind is Giver.HOLDER else "guardian",
        "number": who.number,
        "relation": who.relation,
    }
