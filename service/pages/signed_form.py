"""The form that a guardian prints and signs, and the way a picture of it comes back."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from aiohttp import web

from service.caller import APP, KEYS
from service.consent_forms.handlers import FILE, FLOWS
from service.consent_forms.papers import PATH, Paper
from service.domain.consent_forms import LARGEST
from service.domain.refusals import (
    BodyTooLarge,
    FormTypeWrong,
    FormWaits,
    Refusal,
    UploadMalformed,
)
from service.domain.scans import MEDIA_TYPES
from service.kit.uploads import Upload
from service.pages.drawing import READS, Wrong, draw, reads
from service.pages.links import LINK, browser_of, number_of
from service.pages.typed import Typed
from service.pages.words import language_of, say
from service.problems import STATUS

MEBIBYTE: Final = 1024 * 1024
CODE: Final = "form-code"

WORDS: Final[dict[type[Refusal], str]] = {
    BodyTooLarge: "form_too_large",
    FormTypeWrong: "form_type_wrong",
    UploadMalformed: "form_missing",
}


async def show(request: web.Request) -> web.StreamResponse:
    """GET /guardian/form: what is to be signed, and where to send it."""
    return _page(request, await _look(request))


async def send(request: web.Request) -> web.StreamResponse:
    """POST /guardian/form: the form waits now, or the page says what is missing."""
    flows, paper = request.app[FLOWS], await _look(request)
    if paper.is_sent:
        return _page(request, paper, STATUS[FormWaits])
    upload = Upload(request, LARGEST)
    try:
        await upload.read_fields([CODE], FILE)
        typed = Typed({name: [value] for name, value in upload.fields.items()})
        if typed.digits(CODE) != number_of(request.app[KEYS], request[LINK]):
            wrong = Wrong(say(reads(request), "mistakes.again_wrong"), CODE)
            return _page(request, paper, HTTPStatus.UNPROCESSABLE_ENTITY, wrong=[wrong])
        with flows.places.take():
            await flows.send(request[LINK], paper, await upload.read_file())
    except FormWaits as refusal:
        return _page(request, await _look(request), STATUS[type(refusal)])
    except (BodyTooLarge, FormTypeWrong, UploadMalformed) as refusal:
        words = say(
            reads(request),
            f"mistakes.{WORDS[type(refusal)]}",
            most=LARGEST // MEBIBYTE,
        )
        status = STATUS[type(refusal)]
        return _page(request, paper, status, wrong=[Wrong(words, FILE)])
    return _page(request, await _look(request))


async def _look(request: web.Request) -> Paper:
    """Return what is to be signed, and read the page in the guardian's language."""
    paper = await request.app[FLOWS].look(request[LINK], browser=browser_of(request))
    profile = request[APP] = paper.asked.profile
    request[READS] = language_of(request, profile, paper.asked.request.language)
    return paper


def _page(
    request: web.Request,
    paper: Paper,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    wrong: Sequence[Wrong] = (),
) -> web.Response:
    return draw(
        request,
        "signed_form.html",
        path=PATH,
        status=status,
        wrong=wrong,
        reference=paper.reference,
        policy=paper.asked.policy,
        purposes=paper.purposes,
        sent=paper.is_sent,
        number=number_of(request.app[KEYS], request[LINK]),
        accept=",".join(MEDIA_TYPES.values()),
        most=LARGEST // MEBIBYTE,
    )
