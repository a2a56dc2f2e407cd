"""A fresh link in the place of one that is too old: to the stored address alone."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from service.domain.consent import ConsentRequest
from service.domain.messages import (
    ConsentCode,
    Content,
    FreshLink,
    GuardianInvited,
)
from service.domain.refusals import GuardianUnavailable, SendsUsedUp, StepNotDue
from service.guardians import link_store, store
from service.guardians.asked import Asked
from service.guardians.asking import LINK_PATH, GuardianRequests
from service.guardians.asking_anew import LINK_LASTS
from service.guardians.letters import to_guardian
from service.kit.database import Connection
from service.kit.tokens import hash_token, new_token
from service.messages.flows import Messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Resending:
    """Writes again to a guardian who has an old link; few times in all."""

    base_url: str
    requests: GuardianRequests
    messages: Messages

    async def send(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        """Write to the guardian again, in the transaction that locked the subject.

        Raises SendsUsedUp; StepNotDue for an answer that waits for the second contact.
        """
        request = asked.request
        if request.awaits_contact:
            raise StepNotDue
        if asked.standing is not None:
            await self.requests.ask_again(
                connection, request, asked.profile, key=asked.key, now=now
            )
        else:
            await self._about_account(connection, asked, now=now)

    async def link_anew(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> str:
        """Return another link to the same question; the one before is spent.

        For a letter of ours that nobody asked for: it is sent however many were before.
        """
        request, token = asked.request, new_token()
        lifetime = asked.profile.timers.consent_link if asked.standing else LINK_LASTS
        await link_store.spend_link(connection, request.consent_request_id, at=now)
        await link_store.replace_link(
            connection,
            request.consent_request_id,
            link_hash=hash_token(token),
            expires_at=now + lifetime,
        )
        return f"{self.base_url}{LINK_PATH}{token}"

    async def _about_account(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        request = asked.request
        if request.sends_left <= 0:
            raise SendsUsedUp
        if await self.requests.is_suppressed(connection, request):
            raise GuardianUnavailable
        await self.requests.spend(
            connection, request.app, request.guardian_contact, now=now
        )
        token = new_token()
        await link_store.spend_link(connection, request.consent_request_id, at=now)
        again = replace(request, link_expires_at=now + LINK_LASTS)
        await link_store.replace_link(
            connection,
            request.consent_request_id,
            link_hash=hash_token(token),
            expires_at=again.link_expires_at,
        )
        link = f"{self.base_url}{LINK_PATH}{token}"
        for content in _letters(asked, again, link, now=now):
            message = to_guardian(request, content)
            message_id = await self.messages.queue(
                connection, message, key=asked.key, at=now
            )
            await store.note_message(connection, request.consent_request_id, message_id)


def _letters(
    asked: Asked, request: ConsentRequest, link: str, *, now: datetime
) -> list[Content]:
    """Return the letters: the code is in one of its own, or on who invited's screen."""
    days = ceil((request.link_expires_at - now) / timedelta(days=1))
    if request.invited_by is not None:
        return [GuardianInvited(link=link, days=days, app_name=asked.profile.name)]
    return [FreshLink(days=days, link=link), ConsentCode(code=request.match_code)]
