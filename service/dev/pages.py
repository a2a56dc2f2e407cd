"""What a person looks at in dev mode: HTML, in English alone."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.age_assurance import handlers as age_assurance
from service.age_assurance.outcomes import Led
from service.age_assurance.providers import RETURN_PATHS, Outcome, Role
from service.caller import PROFILES, SETTINGS
from service.dev.handlers import MAILBOX, RECEIVER, TIME_TRAVEL, moved
from service.dev.workplace import LOCALHOST
from service.domain.appeals import AppealState
from service.domain.refusals import FieldsWrong, NotFound, ProofUnknown
from service.guardians.verifying import Decided
from service.kit.times import instant
from service.kit.web import read_form
from service.pages.assets import ADDRESSES
from service.pages.drawing import HEADERS
from service.settings import Settings

# A mail is drawn as a mail program does it, and can do nothing.
OF_A_MAIL: Final = (
    "sandbox allow-popups allow-top-navigation-by-user-activation;"
    " default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
)

_templates: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


async def lead_home(_: web.Request) -> web.Response:
    """GET / and /dev."""
    return _go("/dev/")


async def home(request: web.Request) -> web.Response:
    """GET /dev/: the page that links everything."""
    profiles = request.app[PROFILES].values()
    settings = request.app[SETTINGS]
    return _draw(
        "home.html",
        profiles=profiles,
        admin=admin_url(settings),
        named=f"http://{LOCALHOST}:{settings.port}",
    )


async def mailbox(request: web.Request) -> web.Response:
    """GET /dev/mailbox: every message, newest first."""
    return _draw("mailbox.html", messages=request.app[MAILBOX].newest_first())


async def html_mail(request: web.Request) -> web.Response:
    """GET /dev/mailbox/{message_id}: an e-mail as a mail program shows it."""
    message = request.app[MAILBOX].find(request.match_info["message_id"])
    if message is None or message["html"] is None:
        raise NotFound
    return web.Response(
        text=str(message["html"]),
        content_type="text/html",
        headers={"Content-Security-Policy": OF_A_MAIL},
    )


async def events(request: web.Request) -> web.Response:
    """GET /dev/events/page: every event, newest first."""
    return _draw("events.html", events=request.app[RECEIVER].events.newest_first())


async def clock(request: web.Request) -> web.Response:
    """GET /dev/clock/page: what the clock shows, and how to move it."""
    return _draw_clock(request)


async def advance(request: web.Request) -> web.Response:
    """POST /dev/clock/page: move the clock."""
    distance = _one(await read_form(request), "advance")
    try:
        await moved(request, distance)
    except FieldsWrong as error:
        return _draw_clock(request, distance, error.mistakes[0].detail)
    return _go("/dev/clock/page")


async def proof(request: web.Request) -> web.Response:
    """GET /dev/proofs/{proof_id}: what would be the provider's page."""
    return _draw("proof.html", outcomes=[*Outcome], path=request.path)


async def conclude(request: web.Request) -> web.Response:
    """POST /dev/proofs/{proof_id}: say what the provider found, and lead back."""
    form = await read_form(request)
    proof_id = age_assurance.proof_of(request)
    try:
        outcome = Outcome(_one(form, "outcome"))
    except ValueError as error:
        raise ProofUnknown from error
    led = await request.app[age_assurance.OUTCOMES].take(proof_id, outcome)
    return _go(RETURN_PATHS[_role(led)])


async def revoke(request: web.Request) -> web.Response:
    """POST /dev/proofs/{proof_id}/revocation: as a provider does, later."""
    await request.app[age_assurance.OUTCOMES].revoke(age_assurance.proof_of(request))
    return _go("/dev/")


def _role(led: Led | None) -> Role:
    """Return as whom somebody has proven their age, of whom this was said."""
    if isinstance(led, Decided):
        return Role.GUARDIAN
    return Role.HOLDER if isinstance(led, AppealState) else Role.APPLICANT


def _draw_clock(
    request: web.Request, distance: str = "", wrong: str | None = None
) -> web.Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    now = instant(request.app[TIME_TRAVEL].clock.now())
    return _draw("clock.html", status=status, now=now, distance=distance, wrong=wrong)


def _draw(
    template: str, *, status: HTTPStatus = HTTPStatus.OK, **content: object
) -> web.Response:
    text = _templates.get_template(template).render(assets=ADDRESSES, **content)
    return web.Response(
        text=text, status=status, content_type="text/html", headers=HEADERS
    )


def _one(form: Mapping[str, Sequence[str]], name: str) -> str:
    """Return the last value of a field, or nothing."""
    return "".join(form.get(name, ())[-1:])


def _go(path: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


def admin_url(settings: Settings) -> str:
    """Return the address of the admin listener."""
    return f"http://{settings.admin_host}:{settings.admin_port}"
