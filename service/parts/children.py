"""What guardians do with the accounts of their children."""

from dataclasses import dataclass

from service.consent_forms.papers import FormFlows
from service.guardian_accounts.child_accounts import ChildAccounts
from service.guardian_accounts.child_consents import ChildConsents
from service.guardian_accounts.children import Children
from service.guardian_accounts.kept import Kept
from service.mfa.flows import AuthenticatorFlows
from service.parts.accounts import AccountParts
from service.parts.consent import Asking, ConsentParts
from service.parts.ground import Ground
from service.parts.recovery import Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildParts:
    """Every page about a child."""

    children: Children
    consents: ChildConsents
    accounts: ChildAccounts


def join_children(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    consent: ConsentParts,
    authenticators: AuthenticatorFlows,
    recovery: Recovery,
    forms: FormFlows,
) -> ChildParts:
    """Join what guardians do with children."""
    children = Children(
        pool=ground.pool,
        clock=ground.clock,
        held=accounts.held,
        guardians=asking.people,
        says=consent.says,
        receipts=consent.receipts,
    )
    return ChildParts(
        children=children,
        consents=ChildConsents(
            pool=ground.pool,
            clock=ground.clock,
            children=children,
            accounts=accounts.flows,
            consents=consent.consents,
            second=consent.second,
        ),
        accounts=ChildAccounts(
            pool=ground.pool,
            clock=ground.clock,
            children=children,
            consents=consent.consents,
            records=accounts.records,
            sessions=accounts.sessions,
            reset_links=recovery.reset_links,
            kept=Kept(
                sessions=accounts.sessions,
                authenticators=authenticators,
                contacts=recovery.contact_changes,
                resets=recovery.resets,
                security_links=accounts.security_links,
            ),
            forms=forms,
        ),
    )
