"""Text messages to a provider over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

import pytest

from service.messages.adapters import OutgoingSms, RefusedError, UnavailableError
from service.messages.sms import HttpSmsSender
from tests.messages.servers import Posted, SmsProvider, listening
from tests.messages.test_smtp import Silent

SMS = OutgoingSms(
    id=UUID("01934f00-0000-7000-8000-000000000001"),
    to="+447700900123",
    text="903814 is your code",
    at=datetime(2026, 11, 22, 12, tzinfo=UTC),
)


async def test_the_provider_is_told_whom_what_and_which(
    sms: HttpSmsSender, sms_provider: SmsProvider
) -> None:
    await sms.send(SMS)

    assert sms_provider.posted == [
        Posted(
            authorization="Bearer sms-token",
            idempotency_key=str(SMS.id),
            body={"id": str(SMS.id), "to": SMS.to, "text": SMS.text},
        )
    ]


@pytest.mark.parametrize("status", [400, 402, 404, 410, 422])
async def test_what_the_provider_refuses_is_refused_for_good(
    sms: HttpSmsSender, sms_provider: SmsProvider, status: int
) -> None:
    sms_provider.status = HTTPStatus(status)

    with pytest.raises(RefusedError, match=f"sms {status}"):
        await sms.send(SMS)


@pytest.mark.parametrize("status", [302, 307, 401, 403, 408, 429, 500, 503])
async def test_what_may_pass_is_tried_later_and_no_redirect_is_followed(
    sms: HttpSmsSender, sms_provider: SmsProvider, status: int
) -> None:
    sms_provider.status = HTTPStatus(status)

    with pytest.raises(UnavailableError, match=f"sms {status}"):
        await sms.send(SMS)
    assert len(sms_provider.posted) == 1


async def test_a_provider_out_of_reach_is_tried_later(sms: HttpSmsSender) -> None:
    async with listening(Silent) as port:
        pass

    with pytest.raises(UnavailableError, match="sms ClientConnectorError"):
        await replace(sms, url=f"http://127.0.0.1:{port}/").send(SMS)


async def test_a_provider_that_never_answers_is_left(sms: HttpSmsSender) -> None:
    async with listening(Silent) as port:
        silent = replace(sms, url=f"http://127.0.0.1:{port}/", seconds=0.05)

        with pytest.raises(UnavailableError, match="Timeout"):
            await silent.send(SMS)


def test_the_token_is_not_shown(sms: HttpSmsSender) -> None:
    assert "sms-token" not in repr(sms)
