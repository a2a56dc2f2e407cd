"""Moves to another country."""

from service.guardian_accounts.changes import GuardianChanges
from service.guardian_accounts.children import Children
from service.mfa.changes import FactorChanges
from service.moves.consequences import Consequences
from service.moves.flows import Moves
from service.parts.accounts import AccountParts
from service.parts.consent import Asking, ConsentParts
from service.parts.ground import Ground
from service.parts.guardians import GuardianParts


def join_moves(
    ground: Ground,
    *,
    accounts: AccountParts,
    asking: Asking,
    consent: ConsentParts,
    guardians: GuardianParts,
    children: Children,
    factors: FactorChanges,
) -> Moves:
    """Join what moves accounts."""
    return Moves(
        pool=ground.pool,
        clock=ground.clock,
        held=accounts.held,
        decisions=ground.decisions,
        factors=factors,
        guardian_changes=GuardianChanges(
            guardians=asking.people, links=asking.security_links
        ),
        children=children,
        consequences=Consequences(
            held=accounts.held,
            consents=consent.consents,
            coming_of_age=guardians.coming_of_age,
            reviews=guardians.appeals.reviews,
        ),
        outbox=ground.outbox,
    )
