"""One browser a request: where a guardian acts first, and nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from service.audit import log as audit
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import ConsentRequest
from service.domain.messages import LinkInUse
from service.guardians import link_store
from service.guardians.asked import Asked
from service.guardians.letters import to_guardian
from service.kit.database import Connection
from service.kit.tokens import Token, hash_token, same
from service.messages.flows import Messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Browsers:
    """Binds a request to the browser of who opened it first, as a person.

    A link that was forwarded, or taken out of a mailbox, is of no use then. A client
    that names no browser binds nothing, and can't use what is bound.
    """

    messages: Messages

    def has(self, request: ConsentRequest, browser: str | None) -> bool:
        """Tell whether a request may be seen in *browser*."""
        if request.browser_hash is None:
            return True
        return browser is not None and same(
            request.browser_hash, hash_token(Token(browser))
        )

    async def bind(
        self,
        connection: Connection,
        asked: Asked,
        browser: str | None,
        *,
        now: datetime,
    ) -> bool:
        """Give a request to *browser*; False where another one has it.

        The guardian is told then, once, at the address that the link was sent to.
        """
        request = asked.request
        if not self.has(request, browser):
            await self._alert(connection, asked, now=now)
            return False
        if browser is None or request.browser_hash is not None:
            return True
        return await link_store.bind_browser(
            connection, request.consent_request_id, hash_token(Token(browser))
        )

    async def _alert(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        request = asked.request
        if not await link_store.take_alert(connection, request.consent_request_id):
            return
        message = to_guardian(request, LinkInUse())
        await self.messages.queue(connection, message, key=asked.key, at=now)
        entry = Entry(
            app=request.app,
            subject_id=request.registration_id,
            actor=Actor(ActorKind.GUARDIAN, request.guardian_id),
            action="consent.link_in_use",
        )
        await audit.record(connection, entry, at=now)
