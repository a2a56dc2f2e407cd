"""Text messages by any provider that takes them as JSON over HTTP."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout

from service.messages.adapters import OutgoingSms, RefusedError, UnavailableError

SECONDS: Final = 15.0

ACCEPTED: Final = range(200, 300)
REFUSALS: Final = range(400, 500)

# What says nothing about the message: the provider is busy, or wants a right token
# first, which an operator can give it.
NOT_NOW: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSmsSender:
    """Posts ``{"id", "to", "text"}`` to *url*, with *token* as the bearer's.

    The id, also sent as Idempotency-Key, lets the provider recognise a repeated try.
    """

    session: ClientSession
    url: str
    token: str = field(repr=False)
    seconds: float = SECONDS

    async def send(self, sms: OutgoingSms) -> None:
        """Hand *sms* over, or raise RefusedError or UnavailableError."""
        try:
            async with self.session.post(
                self.url,
                json={"id": str(sms.id), "to": sms.to, "text": sms.text},
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Idempotency-Key": str(sms.id),
                },
                allow_redirects=False,
                timeout=ClientTimeout(total=self.seconds),
            ) as response:
                status = response.status
        except (ClientError, OSError) as error:
            raise UnavailableError(f"sms {type(error).__name__}") from error
        if status in ACCEPTED:
            return
        if status in REFUSALS and status not in NOT_NOW:
            raise RefusedError(f"sms {status}")
        raise UnavailableError(f"sms {status}")
