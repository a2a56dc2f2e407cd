"""The ways back into an account, and what changes the ways in."""

from dataclasses import dataclass

from service.compromise.flows import CompromiseFlows
from service.consents.guarding import GuardiansOfAccounts
from service.contacts.changes import ContactChanges
from service.contacts.flows import ContactFlows
from service.mfa.flows import AuthenticatorFlows
from service.parts.accounts import AccountParts
from service.parts.ground import Ground
from service.passwords.changes import PasswordChanges
from service.passwords.flows import PasswordFlows
from service.passwords.links import ResetLinks
from service.passwords.resets import ResetFlows
from service.sessions.stepping_up import StepUpFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Every way back into an account, and what changes the ways in."""

    passwords: PasswordFlows
    resets: ResetFlows
    reset_links: ResetLinks
    contacts: ContactFlows
    contact_changes: ContactChanges
    compromise: CompromiseFlows


def join_recovery(
    ground: Ground,
    *,
    accounts: AccountParts,
    authenticators: AuthenticatorFlows,
    guardians: GuardiansOfAccounts,
    by: StepUpFlows,
) -> Recovery:
    """Join the ways back in; *by* is how somebody proves who they are."""
    reset_links = ResetLinks(
        base_url=ground.base_url,
        keys=ground.keys,
        records=accounts.records,
        guardians=guardians,
        messages=ground.messages,
    )
    changes = PasswordChanges(
        records=accounts.records,
        links=reset_links,
        sessions=accounts.sessions,
        security_links=accounts.security_links,
        tries=accounts.tries,
        outbox=ground.outbox,
    )
    contact_changes = ContactChanges(
        base_url=ground.base_url,
        records=accounts.records,
        security_links=accounts.security_links,
        outbox=ground.outbox,
    )
    contacts = _contacts(
        ground,
        accounts=accounts,
        authenticators=authenticators,
        changes=contact_changes,
    )
    return Recovery(
        passwords=_passwords(
            ground,
            accounts=accounts,
            authenticators=authenticators,
            changes=changes,
            by=by,
        ),
        resets=_resets(ground, changes=changes, links=reset_links, by=by),
        reset_links=reset_links,
        contacts=contacts,
        contact_changes=contact_changes,
        compromise=CompromiseFlows(
            pool=ground.pool,
            clock=ground.clock,
            records=accounts.records,
            security_links=accounts.security_links,
            sessions=accounts.sessions,
            authenticators=authenticators,
            contacts=contact_changes,
            resets=reset_links,
            outbox=ground.outbox,
        ),
    )


def _passwords(
    ground: Ground,
    *,
    accounts: AccountParts,
    authenticators: AuthenticatorFlows,
    changes: PasswordChanges,
    by: StepUpFlows,
) -> PasswordFlows:
    return PasswordFlows(
        pool=ground.pool,
        clock=ground.clock,
        profiles=ground.profiles,
        passwords=ground.passwords,
        records=accounts.records,
        factors=authenticators.changes,
        tries=accounts.tries,
        changes=changes,
        opening=by.opening,
    )


def _resets(
    ground: Ground, *, changes: PasswordChanges, links: ResetLinks, by: StepUpFlows
) -> ResetFlows:
    return ResetFlows(
        pool=ground.pool,
        clock=ground.clock,
        keys=ground.keys,
        profiles=ground.profiles,
        passwords=ground.passwords,
        records=links.records,
        links=links,
        changes=changes,
        second_factors=by.second,
    )


def _contacts(
    ground: Ground,
    *,
    accounts: AccountParts,
    authenticators: AuthenticatorFlows,
    changes: ContactChanges,
) -> ContactFlows:
    return ContactFlows(
        pool=ground.pool,
        clock=ground.clock,
        keys=ground.keys,
        profiles=ground.profiles,
        vault=ground.vault,
        accounts=accounts.flows,
        records=accounts.records,
        factors=authenticators.changes,
        changes=changes,
        messages=ground.messages,
    )
