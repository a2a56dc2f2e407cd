"""What holds for every page: whole, labelled, readable without scripts or styles."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from service.kit.requests import CONTENT_POLICY
from service.pages.assets import ADDRESSES
from tests.pages.journeys import every_page
from tests.pages.markup import Element
from tests.pages.visitor import Page, Visitor
from tests.support.service import Service

HEADINGS = ("h1", "h2", "h3")
NO_INPUT = frozenset({"hidden", "radio", "checkbox"})


@pytest.fixture(params=["en", "zh"])
async def pages(service: Service, request: pytest.FixtureRequest) -> list[Page]:
    """Every page, in one language."""
    return [page async for page in every_page(service, request.param)]


async def test_pages_keep_the_rules_of_markup(pages: list[Page]) -> None:
    assert len(pages) > 30
    for page in pages:
        where = f"{page.path}: {page.title}"
        for mistake in mistakes(page):
            pytest.fail(f"{where}: {mistake}")


def mistakes(page: Page) -> Iterator[str]:
    yield from _of_the_whole(page)
    yield from _of_scripts_and_styles(page)
    yield from _of_references(page)
    yield from _of_fields(page)
    yield from _of_headings(page)


def _of_the_whole(page: Page) -> Iterator[str]:
    if not page.body.startswith("<!DOCTYPE html>"):
        yield "no doctype"
    if page.language not in {"en", "zh-Hans"}:
        yield f"language {page.language}"
    if page.title not in page.root.one("title").text:
        yield "the title is not the heading"
    if page.headers["Content-Security-Policy"] != CONTENT_POLICY:
        yield "another content policy"
    if page.headers["X-Content-Type-Options"] != "nosniff":
        yield "no nosniff"
    for tag in ("main", "footer", "h1", "title"):
        if len([*page.root.every(tag)]) != 1:
            yield f"not one <{tag}>"


def _of_scripts_and_styles(page: Page) -> Iterator[str]:
    for one in page.root.every():
        if one.tag == "style" or (one.tag == "script" and "src" not in one):
            yield f"inline {one.tag}"
        for name in one.attributes:
            if name == "style" or name.startswith("on"):
                yield f"inline {name}"
        for name in ("src", "href", "action"):
            value = one.get(name)
            if value.startswith(("javascript:", "data:", "//", "http:")):
                yield f"{name} {value}"
        if one.tag in {"script", "link"}:
            address = one.get("src") or one.get("href")
            if address not in ADDRESSES.values():
                yield f"not ours: {address}"


def _of_references(page: Page) -> Iterator[str]:
    names = [one["id"] for one in page.root.every() if "id" in one]
    if len(set(names)) != len(names):
        yield f"an id twice: {sorted(names)}"
    for one in page.root.every():
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            for name in one.get(attribute).split():
                if name not in names:
                    yield f"{attribute} {name} leads nowhere"
        href = one.get("href")
        if href.startswith("#") and href[1:] not in names:
            yield f"{href} leads nowhere"
        if one.get("tabindex", "0") not in {"0", "-1"}:
            yield "another order of focus"


def _of_fields(page: Page) -> Iterator[str]:
    labels = {one["for"]: one.text for one in page.root.every("label")}
    for one in page.root.every("input", "select"):
        if one.get("type") == "hidden" or "hidden" in one:
            continue
        if not labels.get(one["id"]):
            yield f"{one['id']} has no label"
        if one.get("type") == "radio" and not _group(one):
            yield f"{one['id']} stands in no group with a legend"
        if "aria-invalid" in one and not (one.get("aria-describedby") or _group(one)):
            yield f"{one['id']} is wrong without words"
        if one.get("type") not in NO_INPUT and "autofocus" in one:
            yield "the focus is taken to a field"
    for form in page.root.every("form"):
        if form["method"] != "post" or not [*form.every("button")]:
            yield "a form that can't be sent"


def _group(one: Element) -> bool:
    groups = [each for each in one.ancestors if each.tag == "fieldset"]
    return bool(groups) and bool(next(groups[0].every("legend")).text)


def _of_headings(page: Page) -> Iterator[str]:
    levels = [HEADINGS.index(one.tag) for one in page.root.every(*HEADINGS)]
    if levels[:1] != [0]:
        yield "the first heading is not the page's"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield "a level of headings is left out"


async def test_a_page_with_mistakes_says_so_first(pages: list[Page]) -> None:
    wrong = [page for page in pages if [*page.root.every("div", role="alert")]]
    assert len(wrong) >= 8
    for page in wrong:
        assert page.status in {409, 410, 422, 429, 503}
        alert = page.root.one("div", role="alert")
        assert alert["tabindex"] == "-1"
        assert "autofocus" in alert
        assert page.root.one("title").text.startswith(("Error: ", "有误："))  # noqa: RUF001


async def test_other_languages_lead_to_the_same_page(
    service: Service, visitor: Visitor
) -> None:
    page = await visitor.get("/sign-up/terra-maestro")
    here, there = page.root.one("nav").every("a")
    assert here["aria-current"] == "true"
    assert there["lang"] == there["hreflang"] == "zh-Hans"
    other = await visitor.get(there["href"])
    assert other.language == "zh-Hans"
    assert other.form("/sign-up/terra-maestro/age")["action"].endswith("?lang=zh")


async def test_what_people_type_is_never_markup(service: Service) -> None:
    visitor = Visitor(service.client)
    nasty = "\"><script>alert(1)</script>{{7*7}}'"
    page = await visitor.get("/sign-up/terra-maestro")
    sent = await visitor.send(
        page, "/sign-up/terra-maestro/age", day=nasty, country=nasty
    )
    assert "<script>" not in sent.body
    page = await visitor.get("/sign-up/terran-studio")
    typed = {"username": nasty, "email": nasty, "profile__name": nasty}
    sent = await visitor.send(page, "/sign-up/terran-studio/form", **typed)
    assert sent.status == 422
    assert sent.field("profile.name")["value"] == nasty
    assert "49" not in sent.field("profile.name")["value"]
