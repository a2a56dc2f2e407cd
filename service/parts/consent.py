"""Consent: who gives it, to what, how it is asked for and how it ends."""

from dataclasses import dataclass

from service.accounts.held import HeldAccounts
from service.consents.childs_word import ChildsWord
from service.consents.choices import Choices
from service.consents.endings import Endings
from service.consents.flows import Consents
from service.consents.guardian_grants import GuardianGrants
from service.consents.guardian_security import GuardianSecurityLinks
from service.consents.letters import GuardianLetters
from service.consents.links import Links
from service.consents.own_grants import OwnGrants
from service.consents.own_word import OwnWord
from service.consents.people import Guardians
from service.consents.regrouping import Regrouping
from service.consents.says import Says
from service.consents.suspensions import Suspensions
from service.consents.withdrawals import Withdrawals
from service.guardians.asking import GuardianRequests
from service.guardians.asking_anew import AccountRequests
from service.guardians.disqualified import Disqualified
from service.guardians.granted import GrantedFlows
from service.guardians.second import SecondGuardians
from service.parts.accounts import AccountParts
from service.parts.ground import Ground
from service.receipts.flows import Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who guardians are, and how they are asked."""

    people: Guardians
    security_links: GuardianSecurityLinks
    requests: GuardianRequests
    of_accounts: AccountRequests


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentParts:
    """What was consented to, and everything that changes it."""

    says: Says
    receipts: Receipts
    consents: Consents
    links: Links
    own_word: OwnWord
    granted: GrantedFlows
    second: SecondGuardians
    disqualified: Disqualified


def join_asking(ground: Ground, *, accounts: AccountParts) -> Asking:
    """Join what asks guardians."""
    people = Guardians(
        keys=ground.keys,
        vault=ground.vault,
        messages=ground.messages,
        tries=accounts.tries,
    )
    requests = GuardianRequests(
        base_url=ground.base_url,
        keys=ground.keys,
        messages=ground.messages,
        outbox=ground.outbox,
    )
    return Asking(
        people=people,
        security_links=GuardianSecurityLinks(
            base_url=ground.base_url, guardians=people
        ),
        requests=requests,
        of_accounts=AccountRequests(
            base_url=ground.base_url,
            requests=requests,
            guardians=people,
            messages=ground.messages,
            outbox=ground.outbox,
        ),
    )


def join_consent(
    ground: Ground, *, accounts: AccountParts, asking: Asking
) -> ConsentParts:
    """Join what keeps consent."""
    receipts = Receipts(
        base_url=ground.base_url,
        pool=ground.pool,
        keys=ground.keys,
        signing_keys=ground.signing_keys,
    )
    says = Says(decisions=ground.decisions)
    consents = _consents(
        ground,
        held=accounts.held,
        people=asking.people,
        says=says,
        receipts=receipts,
    )
    links = Links()
    granted = GrantedFlows(
        pool=ground.pool,
        clock=ground.clock,
        held=accounts.held,
        links=links,
        guardians=asking.people,
        consents=consents,
        requests=asking.of_accounts,
    )
    return ConsentParts(
        says=says,
        receipts=receipts,
        consents=consents,
        links=links,
        own_word=_own_word(ground, accounts=accounts, asking=asking, consents=consents),
        granted=granted,
        second=_second(ground, asking=asking, consents=consents, granted=granted),
        disqualified=Disqualified(
            pool=ground.pool,
            clock=ground.clock,
            held=accounts.held,
            guardians=asking.people,
            consents=consents,
        ),
    )


def _own_word(
    ground: Ground, *, accounts: AccountParts, asking: Asking, consents: Consents
) -> OwnWord:
    return OwnWord(
        pool=ground.pool,
        clock=ground.clock,
        accounts=accounts.flows,
        held=accounts.held,
        consents=consents,
        choices=Choices(says=consents.says, guardians=asking.people),
        childs=ChildsWord(
            accounts=accounts.flows,
            held=accounts.held,
            says=consents.says,
            consents=consents,
            receipts=consents.receipts,
            outbox=ground.outbox,
        ),
    )


def _consents(
    ground: Ground,
    *,
    held: HeldAccounts,
    people: Guardians,
    says: Says,
    receipts: Receipts,
) -> Consents:
    """Join what changes consent."""
    outbox = ground.outbox
    letters = GuardianLetters(
        base_url=ground.base_url, guardians=people, receipts=receipts
    )
    regrouping = Regrouping(accounts=held, says=says, outbox=outbox)
    suspensions = Suspensions(accounts=held, guardians=people, receipts=receipts)
    endings = Endings(
        accounts=held,
        regrouping=regrouping,
        suspensions=suspensions,
        receipts=receipts,
        outbox=outbox,
    )
    return Consents(
        says=says,
        receipts=receipts,
        letters=letters,
        regrouping=regrouping,
        suspensions=suspensions,
        endings=endings,
        withdrawals=Withdrawals(says=says, endings=endings, letters=letters),
        by_guardians=GuardianGrants(
            accounts=held,
            says=says,
            regrouping=regrouping,
            suspensions=suspensions,
            letters=letters,
            receipts=receipts,
            outbox=outbox,
        ),
        by_holders=OwnGrants(
            accounts=held, suspensions=suspensions, receipts=receipts, outbox=outbox
        ),
    )


def _second(
    ground: Ground, *, asking: Asking, consents: Consents, granted: GrantedFlows
) -> SecondGuardians:
    return SecondGuardians(
        base_url=ground.base_url,
        pool=ground.pool,
        clock=ground.clock,
        granted=granted,
        requests=asking.requests,
        guardians=asking.people,
        consents=consents,
        messages=ground.messages,
        outbox=ground.outbox,
    )
