"""The page of an account: what is kept, name by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from aiohttp import web

from service.caller import APP, HOLDER
from service.domain.accounts import Suspension
from service.domain.audit import Done
from service.domain.decisions import AgeBand
from service.domain.forms import ContactKind
from service.domain.languages import in_language, main_language
from service.domain.profiles import PolicyProfile
from service.pages.account.showing import show
from service.pages.countries import places
from service.pages.drawing import reads
from service.pages.words import NAMES, Language, say, written
from service.sessions.handlers import ACCOUNT, CHANGES

HERE: Final = "/account"

Facts = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One thing that is kept, under the name that the form gave it."""

    label: str
    value: str
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A way to reach the holder, and whether they can change it here."""

    kind: ContactKind
    value: str | None
    confirmed: bool
    changeable: bool


async def page(request: web.Request) -> web.StreamResponse:
    """GET /account."""
    known, profile = await look(request), request[APP]
    agreed = cast("list[str]", known["purposes"])
    return show(
        request,
        "overview",
        path=HERE,
        kept=[*_kept(known, profile, reads(request))],
        contacts=[*contacts(known, profile)],
        agreed=[one for one in profile.purposes if one.id in agreed],
        policy=known.get("policy_version"),
        reviewed=known.get("suspended_for") == Suspension.AGE_REVIEW,
        untold=await _untold(request, known),
        own_word_due=known["own_word_due"],
        child=known["age_band"] == AgeBand.CHILD,
        suspended=known["state"] == "suspended",
    )


async def _untold(request: web.Request, known: Facts) -> Done | None:
    """Return the last change that nobody could write to the holder about."""
    if known["confirmed"]:
        return None
    changes = await request.app[CHANGES].list(request[HOLDER])
    return next(iter(changes), None)


async def look(request: web.Request) -> Facts:
    """Return what is kept of the holder."""
    by = request[HOLDER]
    return await request.app[ACCOUNT].look(by.app, by.session_id, by.epoch)


def known_as(known: Facts) -> str:
    """Return a name that the holder signs in with."""
    confirmed = cast("list[str]", known["confirmed"])
    names = [known.get(one) for one in ("username", *confirmed)]
    return str(next(filter(None, names), ""))


def contacts(known: Facts, profile: PolicyProfile) -> Iterator[Contact]:
    """Yield the contacts that there are, or could be."""
    confirmed = cast("list[str]", known["confirmed"])
    for kind in ContactKind:
        rule, value = profile.field(kind), cast("str | None", known.get(kind))
        if rule is not None or value is not None:
            yield Contact(
                kind=kind,
                value=value,
                confirmed=kind in confirmed,
                changeable=rule is not None and not rule.locked,
            )


def _kept(known: Facts, profile: PolicyProfile, language: Language) -> Iterator[Kept]:
    extras = cast("Mapping[str, str]", known["profile"])
    typed = {**extras, "username": cast("str", known.get("username", ""))}
    for rule in profile.fields:
        if value := typed.get(rule.name):
            yield Kept(label=in_language(rule.label, language), value=value)
    country = known.get("country")
    spoken = NAMES.get(Language(main_language(str(known["language"]))))
    opened = datetime.fromisoformat(str(known["opened_at"]))
    rest = {
        "country": dict(places(language)).get(str(country)),
        "language": spoken,
        "age_band": say(language, f"bands.{known['age_band']}"),
        "opened": written(opened.date(), language),
        "id": str(known["account_id"]),
    }
    for name, value in rest.items():
        if value:
            yield Kept(label=say(language, f"account.{name}"), value=value)
