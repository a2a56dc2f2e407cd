"""What an account opens with, taken over from its registration."""

from datetime import datetime
from typing import Final

from service.accounts.waiting import Standing
from service.domain.accounts import AccountId, NewAccount
from service.domain.grants import Giver, Grant
from service.domain.profiles import PolicyProfile
from service.domain.registration import Registration, State, state_of
from service.kit.ids import new_id

OWN_WORD: Final = "form"
"""The method of a grant that the holder gave in the sign-up form."""


def opens_at_once(registration: Registration, profile: PolicyProfile) -> bool:
    """Tell whether a new registration waits for nothing, and is an account at once."""
    unconfirmed = registration.unconfirmed(profile)
    return state_of(registration.decision, unconfirmed=unconfirmed) is State.COMPLETED


def account_of(registration: Registration, *, now: datetime) -> NewAccount:
    """Return the account that *registration* becomes."""
    return NewAccount(
        account_id=AccountId(registration.registration_id),
        app=registration.app,
        decision_id=registration.decision_id,
        band=registration.band,
        country=registration.country,
        language=registration.language,
        email=registration.email,
        phone=registration.phone,
        username=registration.username,
        confirmed=registration.confirmed,
        extras=registration.extras,
        password_hash=registration.password_hash,
        policy_version=registration.policy_version,
        opened_at=now,
    )


def own_grants(standing: Standing, *, now: datetime) -> list[Grant]:
    """Return what an applicant who decides alone agreed to in the form."""
    registration, profile = standing.registration, standing.profile
    account_id = AccountId(registration.registration_id)
    return [
        Grant(
            grant_id=new_id(now),
            account_id=account_id,
            purpose=purpose.id,
            given_by=Giver.HOLDER,
            giver_id=account_id,
            method=OWN_WORD,
            strength=0,
            policy_version=registration.policy_version,
            given_at=now,
            ends_at=None,
        )
        for purpose in profile.purposes
        if purpose.essential or purpose.id in registration.purposes
    ]
