"""A child's own yes, where child and guardian consent together."""

from datetime import datetime

from service.consents.own_word import OWN_WORD
from service.domain.accounts import AccountId
from service.domain.grants import Giver, Grant
from service.domain.profiles import PolicyProfile
from service.domain.quorums import jointly
from service.domain.registration import Registration
from service.kit.ids import new_id


def childs_grants(
    registration: Registration, profile: PolicyProfile, *, joint: bool, now: datetime
) -> list[Grant]:
    """Return what a child agreed to in the form, of what takes its own yes as well.

    By sending the form it agreed to what is essential, as everybody does.
    """
    account_id = AccountId(registration.registration_id)
    return [
        own_grant(account_id, one.id, registration.policy_version, now=now)
        for one in jointly(profile, joint=joint)
        if one.essential or one.id in registration.purposes
    ]


def own_grant(
    account_id: AccountId, purpose: str, policy_version: str, *, now: datetime
) -> Grant:
    """Return a holder's own yes to one purpose."""
    return Grant(
        grant_id=new_id(now),
        account_id=account_id,
        purpose=purpose,
        given_by=Giver.HOLDER,
        giver_id=account_id,
        method=OWN_WORD,
        strength=0,
        policy_version=policy_version,
        given_at=now,
        ends_at=None,
    )
