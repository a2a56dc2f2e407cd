"""Grants, as the changes of consent pass them on: made, found again, and named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.accounts.held import Held
from service.domain.accounts import AccountId
from service.domain.consent import GuardianId
from service.domain.consent_methods import Method, rule_of
from service.domain.grants import Giver, Grant, GrantState
from service.domain.languages import in_language
from service.domain.profiles import PolicyProfile, Purpose
from service.domain.refusals import PurposesWrong
from service.kit.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change led to: the account since, its receipt, and what it was about."""

    held: Held
    receipt_id: UUID | None
    grants: tuple[Grant, ...]


def grants_of(
    account_id: AccountId,
    purposes: Sequence[Purpose],
    *,
    profile: PolicyProfile,
    guardian_id: GuardianId,
    method: Method,
    verified_by: Method | None = None,
    policy_version: str,
    confirmed: bool = False,
    evidence: str | None = None,
    now: datetime,
) -> list[Grant]:
    """Return what a guardian grants: provisional until the second contact.

    Raises PurposesWrong for an account that rests on no verification.
    """
    rule = rule_of(method, verified_by)
    if rule is None:
        raise PurposesWrong
    waits = rule.second_contact and not confirmed
    return [
        Grant(
            grant_id=new_id(now),
            account_id=account_id,
            purpose=purpose.id,
            given_by=Giver.GUARDIAN,
            giver_id=guardian_id,
            method=method,
            strength=rule.strength,
            policy_version=policy_version,
            given_at=now,
            ends_at=now + profile.timers.consent_validity,
            state=GrantState.PROVISIONAL if waits else GrantState.ACTIVE,
            evidence=evidence,
        )
        for purpose in purposes
    ]


def as_they_are(held: Held, grants: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return *grants* as they are now."""
    wanted = {one.grant_id for one in grants}
    return tuple(one for one in held.grants if one.grant_id in wanted)


def in_order(profile: PolicyProfile, grants: Sequence[Grant]) -> tuple[str, ...]:
    """Return the purposes of *grants*, each once: the profile's first, in its order."""
    named = {one.purpose for one in grants}
    known = [one.id for one in profile.purposes if one.id in named]
    return (*known, *sorted(named - set(known)))


def titles_granted(
    profile: PolicyProfile, grants: Sequence[Grant], language: str
) -> tuple[str, ...]:
    """Return what the purposes of *grants* are called in a language."""
    found = [profile.purpose(one) for one in in_order(profile, grants)]
    return titles_of([one for one in found if one is not None], language)


def titles_of(purposes: Sequence[Purpose], language: str) -> tuple[str, ...]:
    """Return what the purposes are called in a language."""
    return tuple(in_language(one.title, language) for one in purposes)
