"""What becomes of consent that was given: every change, with all that follows from it.

A change is one transaction: purposes are off, tokens are outdated, the account is
suspended or goes on, and the receipt, the events and the letters are written in it.
"""

from dataclasses import dataclass

from service.consents.endings import Endings
from service.consents.guardian_grants import GuardianGrants
from service.consents.letters import GuardianLetters
from service.consents.own_grants import OwnGrants
from service.consents.regrouping import Regrouping
from service.consents.says import Says
from service.consents.suspensions import Suspensions
from service.consents.withdrawals import Withdrawals
from service.receipts.flows import Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """The changes, each by who makes it; every one in its caller's transaction."""

    says: Says
    receipts: Receipts
    letters: GuardianLetters
    regrouping: Regrouping
    suspensions: Suspensions
    endings: Endings
    withdrawals: Withdrawals
    by_guardians: GuardianGrants
    by_holders: OwnGrants
