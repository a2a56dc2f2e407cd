"""Who may not consent for others: a child, a minor, and whoever was barred."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.consents.people import Guardians
from service.domain.actors import Actor
from service.domain.consent import ConsentRequest
from service.domain.decisions import AgeBand
from service.domain.refusals import GuardianMustBeAdult
from service.guardians import mailbox_store
from service.guardians.asking import GuardianRequests
from service.guardians.disqualified import Disqualified
from service.kit.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Adults:
    """Tells whose word counts, as far as we know; runs in the caller's transaction."""

    accounts: AccountFlows
    guardians: Guardians
    requests: GuardianRequests
    disqualified: Disqualified

    async def check(self, connection: Connection, request: ConsentRequest) -> None:
        """Refuse consent from a contact that we know to be a child's or a minor's.

        And from a guardian who was barred: what they say counts no more.
        """
        app, contact = request.app, request.guardian_contact
        band = await self.accounts.find_band(connection, app, contact.address)
        known = await self.guardians.known(connection, app, contact)
        barred = (known is not None and known[1]) or await mailbox_store.is_barred(
            connection, app, self.requests.index(contact)
        )
        if barred or band in {AgeBand.CHILD, AgeBand.MINOR}:
            raise GuardianMustBeAdult

    async def bar(
        self,
        connection: Connection,
        request: ConsentRequest,
        reason: str,
        *,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Let nothing count any more that is said from the contact of a *request*.

        What they granted for other children falls at once.
        """
        app, contact = request.app, request.guardian_contact
        await mailbox_store.bar(connection, app, self.requests.index(contact), at=now)
        await self.disqualified.bar_holder_of(
            connection, app, contact, reason, actor=actor, now=now
        )
