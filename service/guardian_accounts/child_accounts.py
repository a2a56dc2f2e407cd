"""What a guardian who is signed in does with a child's account: read, help, end."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.accounts.budgets import spend
from service.accounts.records import AccountRecords
from service.accounts.sessions import Sessions
from service.audit import log as audit
from service.consent_forms.papers import FormFlows
from service.consents.flows import Consents
from service.consents.guarding import guarding_of
from service.domain.accounts import AccountId, AccountState, Suspension
from service.domain.consent import GuardianId
from service.domain.events import Cause
from service.domain.refusals import (
    AccountSuspended,
    ChildUnknown,
    ConsentDisputed,
)
from service.guardian_accounts.children import (
    Children,
    giver_of,
    guardian_actor,
    note,
)
from service.guardian_accounts.kept import Kept
from service.kit.clock import Clock
from service.kit.database import Pool, transaction
from service.passwords.links import ResetLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildAccounts:
    """What guardians do with accounts, who are signed in."""

    pool: Pool
    clock: Clock
    children: Children
    consents: Consents
    records: AccountRecords
    sessions: Sessions
    reset_links: ResetLinks
    kept: Kept
    forms: FormFlows

    async def export(
        self, guardian_id: GuardianId, account_id: AccountId
    ) -> Mapping[str, object]:
        """Return all that is kept of a child, but the secrets."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            held = granted.held
            kept = {
                **await self.children.held.export(connection, held),
                **await self.kept.of(connection, account_id, key=held.key),
            }
            done = await audit.recent(connection, account_id, most=10_000)
            receipts = await self.children.receipts.of(connection, account_id)
            forms = await self.forms.export(connection, account_id)
            await note(connection, granted, "account.exported", now=now)
        return {
            "exported_at": now,
            **kept,
            "consents": [
                {
                    "purpose": one.purpose,
                    "state": one.state,
                    "given_by": giver_of(one.giver_id, guardian_id, one.given_by),
                    "method": one.method,
                    "policy_version": one.policy_version,
                    "given_at": one.given_at,
                    "ends_at": one.ends_at,
                    "evidence_sha256": one.evidence,
                }
                for one in held.grants
            ],
            "signed_forms": forms,
            "receipts": [self.children.receipts.address(one) for one in receipts],
            "actions": [
                {"by": one.actor.kind, "action": one.action, "at": one.at}
                for one in done
            ],
        }

    async def erase(self, guardian_id: GuardianId, account_id: AccountId) -> None:
        """Erase a child's account, and all that it holds; at once, and for ever.

        Not while guardians disagree: what is gone nobody brings back.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            if granted.disputed:
                raise ConsentDisputed
            await note(connection, granted, "account.erasure_requested", now=now)
            await self.consents.suspensions.erase(
                connection,
                granted.held.account,
                cause=Cause.GUARDIAN_ERASED,
                actor=guardian_actor(guardian_id),
                now=now,
            )

    async def end_sessions(
        self, guardian_id: GuardianId, account_id: AccountId
    ) -> None:
        """Sign a child out everywhere; whoever is just signing in begins again."""
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            await self.children.granted(connection, guardian_id, account_id, now=now)
            await self.sessions.raise_epoch(
                connection,
                account_id,
                cause=Cause.SIGNED_OUT,
                actor=guardian_actor(guardian_id),
                now=now,
            )

    async def help_recover(self, guardian_id: GuardianId, account_id: AccountId) -> str:
        """Send a link that sets another password; return to whom it went.

        It goes to the child's own contact where there is one, as if the child had
        asked; else to this guardian, who opens it together with the child. Raises
        AccountSuspended where nobody gets back in, and TooManyRequests.
        """
        now, actor = self.clock.now(), guardian_actor(guardian_id)
        async with transaction(self.pool) as connection:
            granted = await self.children.granted(
                connection, guardian_id, account_id, now=now
            )
            found = await self.records.find(connection, account_id)
            if found is None:
                raise ChildUnknown
            account, key = found
            closing = account.state is AccountState.CLOSING
            if closing or account.suspended_for is Suspension.AGE_REVIEW:
                raise AccountSuspended
            links, contacts = self.reset_links, [*account.confirmed.items()]
            if contacts:
                own = contacts[0]
                await spend(connection, links.keys, account.app, *own, now=now)
                await links.send(
                    connection, account, own, key=key, actor=actor, now=now
                )
                return "child"
            asking = guarding_of(granted.guardian)
            await links.help_child_recover(
                connection, account, actor=actor, guardian=asking, now=now
            )
            return "you"
