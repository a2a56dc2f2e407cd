"""A child's own yes, where child and guardian consent together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.accounts.flows import AccountFlows
from service.accounts.held import Held, HeldAccounts
from service.audit import log as audit
from service.consents.choices import Choice
from service.consents.endings import withdrawn
from service.consents.flows import Consents
from service.consents.says import Says
from service.domain.accounts import AccountId
from service.domain.actors import holder
from service.domain.audit import Entry
from service.domain.events import Cause, EventType
from service.domain.grants import Giver, Grant
from service.domain.profiles import PolicyProfile
from service.domain.quorums import jointly, standing
from service.domain.receipts import Change
from service.domain.refusals import ConsentDisputed, PurposesWrong
from service.domain.registration import Registration
from service.kit.database import Connection
from service.kit.ids import new_id
from service.outbox.flows import Outbox
from service.receipts.flows import Receipts

OWN_WORD: Final = "form"
"""The method of a grant that the holder gave in a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildsWord:
    """What a child says beside its guardians; in the transaction with the lock."""

    accounts: AccountFlows
    held: HeldAccounts
    says: Says
    consents: Consents
    receipts: Receipts
    outbox: Outbox

    async def give(
        self, connection: Connection, choice: Choice, *, now: datetime
    ) -> Held:
        """Take a child's yes to a purpose, which is on once everybody has agreed.

        What it agreed to before changes nothing. Raises ConsentDisputed while guardians
        disagree, and PurposesWrong where what is essential is off and this is not.
        """
        held, purpose = choice.held, choice.purpose
        if choice.own_word is not None:
            return held
        if held.account.condition.suspended and not purpose.essential:
            raise PurposesWrong
        say = await self.says.of(connection, held, now=now)
        if say.disputed:
            raise ConsentDisputed
        account_id, actor = held.account_id, holder(held.account_id)
        policy = held.profile.current_policy(now.date())
        await self.accounts.accept(connection, account_id, policy, Giver.HOLDER, at=now)
        said = own_grant(account_id, purpose.id, policy.version, now=now)
        (*_, said) = standing(held.profile, [*held.live(), said], say)
        newer = await self.held.add_grants(connection, held, [said])
        cause = Cause.HOLDER_DECIDED
        newer = await self.consents.regrouping.regroup(
            connection, newer, cause=cause, actor=actor, now=now
        )
        receipt_id = await self.receipts.issue(
            connection, newer, [said], Change.GIVEN, by=actor.kind, now=now
        )
        event = newer.event(
            EventType.CONSENT_GIVEN,
            cause,
            actor,
            after=said.state,
            purposes=(purpose.id,),
            receipt_id=receipt_id,
        )
        await self.outbox.record(connection, event, at=now)
        newer = await self.consents.suspensions.settle(
            connection, newer, cause=cause, actor=actor, now=now
        )
        await note(connection, newer, EventType.CONSENT_GIVEN, now=now)
        return newer

    async def withdraw(
        self, connection: Connection, choice: Choice, *, now: datetime
    ) -> Held:
        """Take a child's yes to a purpose back; where it never said yes, do nothing.

        What guardians agreed to waits for it again, and they are told.
        """
        held, said = choice.held, choice.own_word
        if said is None:
            return held
        end = withdrawn(Cause.HOLDER_WITHDREW, holder(held.account_id))
        changed = await self.consents.endings.end(
            connection, held, [said], end, now=now
        )
        await self.consents.letters.of_withdrawal(connection, changed, now=now)
        await note(connection, changed.held, EventType.CONSENT_WITHDRAWN, now=now)
        return changed.held


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


async def note(
    connection: Connection, held: Held, action: EventType, *, now: datetime
) -> None:
    """Write down that the holder themself did *action*."""
    entry = Entry(
        app=held.account.app,
        subject_id=held.account_id,
        actor=holder(held.account_id),
        action=action,
    )
    await audit.record(connection, entry, at=now)
