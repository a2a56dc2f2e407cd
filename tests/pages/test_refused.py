"""Every refusal is a page in words, with the status and headers of the API."""

from collections.abc import Callable, Mapping

import pytest
from aiohttp.test_utils import make_mocked_request

from service.domain.refusals import (
    AccountWaiting,
    FieldMistake,
    FieldsWrong,
    GuardianAccountInsufficient,
    MethodNotAllowed,
    MfaRequired,
    Refusal,
    SecondFactorRequired,
    StepUpRequired,
    TooManyRequests,
    TurnedAway,
)
from service.pages.refused import show
from service.pages.words import WORDS, Language
from service.problems import STATUS, headers_of
from tests.pages.visitor import Visitor
from tests.support.service import Service

MADE: Mapping[type[Refusal], Callable[[], Refusal]] = {
    AccountWaiting: lambda: AccountWaiting("confirm_contact"),
    FieldsWrong: lambda: FieldsWrong([FieldMistake("/x", "wrong", "x")]),
    GuardianAccountInsufficient: lambda: GuardianAccountInsufficient(["factor"], []),
    MethodNotAllowed: lambda: MethodNotAllowed(["GET"]),
    MfaRequired: lambda: MfaRequired("agc_x", ["totp"]),
    SecondFactorRequired: lambda: SecondFactorRequired(["totp"]),
    StepUpRequired: lambda: StepUpRequired(["totp"]),
    TooManyRequests: lambda: TooManyRequests(limit=1, window=60, retry_after=42),
    TurnedAway: lambda: TurnedAway("appeals@x.example"),
}


@pytest.mark.parametrize("refusal", Refusal.__subclasses__())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_refusal_is_a_page(refusal: type[Refusal], language: str) -> None:
    made = MADE.get(refusal, refusal)()
    request = make_mocked_request("GET", f"/sign-up/x?lang={language}")
    response = show(request, made)
    assert response.status == STATUS[refusal]
    for name, value in headers_of(made).items():
        assert response.headers[name] == value
    text = getattr(response, "text", "")
    words = WORDS[Language(language)][f"refusals.{made.code}.words"]
    assert words.format(seconds=42) in text
    assert made.code not in text


async def test_a_page_that_is_not_there(visitor: Visitor) -> None:
    page = await visitor.get("/sign-up/nowhere")
    assert page.status == 404
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.title == "This page does not exist"
    assert page.headers["X-Request-Id"] in page.text
    assert {one for one in page.links() if "lang" in one} == {
        "/sign-up/nowhere?lang=en",
        "/sign-up/nowhere?lang=zh",
    }


async def test_a_form_of_another_kind_is_refused_in_words(service: Service) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "text/plain"):
        answer = await service.client.post(
            "/sign-up/plain/age", data=b"{}", headers={"Content-Type": kind}
        )
        assert answer.status == 415
        assert answer.content_type == "text/html"


async def test_what_is_too_long_is_refused_in_words(visitor: Visitor) -> None:
    page = await visitor.ask("POST", "/sign-up/plain/age", {"day": "1" * 20_000})
    assert page.status == 413
    assert page.title == "That is too much"
