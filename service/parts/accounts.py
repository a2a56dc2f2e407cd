"""Accounts, what is known of them, and their sessions."""

from dataclasses import dataclass

from service.accounts.flows import AccountFlows
from service.accounts.held import HeldAccounts
from service.accounts.records import AccountRecords
from service.accounts.second_factor_resets import SecondFactorResets
from service.accounts.security_links import SecurityLinks
from service.accounts.tries import Tries
from service.accounts.warnings import FailureWarnings
from service.parts.ground import Ground
from service.sessions.flows import SessionFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountParts:
    """What opens accounts, reads them, and ends what is open in them."""

    flows: AccountFlows
    records: AccountRecords
    security_links: SecurityLinks
    tries: Tries
    sessions: SessionFlows
    held: HeldAccounts
    warnings: FailureWarnings
    second_factor_resets: SecondFactorResets


def join_accounts(ground: Ground) -> AccountParts:
    """Join what accounts consist of."""
    flows = AccountFlows(keys=ground.keys, outbox=ground.outbox)
    records = AccountRecords(keys=ground.keys)
    security_links = SecurityLinks(
        base_url=ground.base_url, records=records, messages=ground.messages
    )
    tries = Tries()
    sessions = SessionFlows(
        pool=ground.pool,
        clock=ground.clock,
        vault=ground.vault,
        accounts=flows,
        tries=tries,
        outbox=ground.outbox,
    )
    return AccountParts(
        flows=flows,
        records=records,
        security_links=security_links,
        tries=tries,
        sessions=sessions,
        held=HeldAccounts(
            profiles=ground.profiles,
            vault=ground.vault,
            decisions=ground.decisions,
            sessions=sessions,
            messages=ground.messages,
            outbox=ground.outbox,
        ),
        warnings=FailureWarnings(
            pool=ground.pool, clock=ground.clock, security_links=security_links
        ),
        second_factor_resets=SecondFactorResets(
            pool=ground.pool,
            clock=ground.clock,
            profiles=ground.profiles,
            records=records,
            tries=tries,
            sessions=sessions,
            security_links=security_links,
            outbox=ground.outbox,
        ),
    )
