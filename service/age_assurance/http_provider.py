"""A provider of age proofs who is asked by JSON over HTTP."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from aiohttp import ClientError, ClientTimeout

from service.age_assurance.providers import ProofProvider, ProofStep, ProofWanted
from service.domain.policy_mistakes import is_address
from service.kit.clock import Clock, SystemClock
from service.kit.outbound import open_session
from service.outbox.signing import headers, read_secret
from service.settings import PREFIX, Settings, SettingWrongError

SECONDS: Final = 8.0
LONGEST: Final = 8 * 1024
HREF_LENGTH: Final = 2048


class AnswerWrongError(OSError):
    """The provider answered something else than where the person goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpProofProvider:
    """Posts what is wanted to *url*, signed as events are (Standard Webhooks).

    ``{"proof_id", "app", "role", "method", "threshold", "language", "return_url"}``;
    the answer is 200 or 201 with ``{"href"}``. The proof's id is also the webhook-id,
    by which a repeated try is recognised. Nothing about the person is sent.
    """

    name: str
    url: str
    secrets: Sequence[bytes] = field(repr=False)
    clock: Clock

    async def start(self, wanted: ProofWanted) -> ProofStep:
        """Begin a proof, or raise OSError."""
        body = json.dumps(
            {
                "proof_id": str(wanted.proof_id),
                "app": wanted.app,
                "role": wanted.role,
                "method": wanted.method,
                "threshold": wanted.threshold,
                "language": wanted.language,
                "return_url": wanted.return_url,
            }
        ).encode()
        signed = headers(
            wanted.proof_id, body, secrets=self.secrets, at=self.clock.now()
        )
        try:
            async with (
                open_session(private=True) as session,
                session.post(
                    self.url,
                    data=body,
                    headers={"Content-Type": "application/json", **signed},
                    allow_redirects=False,
                    timeout=ClientTimeout(total=SECONDS),
                ) as response,
            ):
                status = response.status
                answer = await response.content.read(LONGEST)
        except ClientError as error:
            raise AnswerWrongError(type(error).__name__) from error
        if status not in {200, 201}:
            raise AnswerWrongError(str(status))
        return ProofStep(href=_href(answer))


def _href(answer: bytes) -> str:
    """Return the address in the provider's answer, if a person can be sent there."""
    try:
        told = json.loads(answer)
    except ValueError as error:
        raise AnswerWrongError("no JSON") from error
    href = told.get("href") if isinstance(told, dict) else None
    if not isinstance(href, str) or len(href) > HREF_LENGTH or not is_address(href):
        raise AnswerWrongError("no https address")
    return href


def configured(settings: Settings) -> dict[str, ProofProvider]:
    """Return the provider that the settings name, or none.

    Raises SettingWrongError where one of its settings is missing or wrong.
    """
    name, url, secret = (
        settings.age_proof_provider,
        settings.age_proof_url,
        settings.age_proof_secret,
    )
    if not (name or url or secret):
        return {}
    for setting, value in (
        ("AGE_PROOF_PROVIDER", name),
        ("AGE_PROOF_URL", url),
        ("AGE_PROOF_SECRET", secret),
    ):
        if not value:
            raise SettingWrongError(f"{PREFIX}{setting} is not set")
    try:
        secrets = tuple(read_secret(one) for one in secret.split())
    except ValueError as error:
        raise SettingWrongError(f"{PREFIX}AGE_PROOF_SECRET {error}") from error
    provider = HttpProofProvider(
        name=name, url=url, secrets=secrets, clock=SystemClock()
    )
    return {name: provider}
