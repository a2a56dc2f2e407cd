"""Every version of a policy is there to read, with dates and changes (TQ-8)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.pages.journeys import with_profile
from tests.pages.visitor import Visitor
from tests.support.service import Service


@pytest.fixture
def versions(service: Service) -> None:
    """TerraQuanta with a version to come, and one before whose text is elsewhere."""
    profile = service.parts.given.profiles["terraquanta"]
    now = profile.policy_versions[0]
    older = replace(
        now,
        version="2019-01",
        published_date=date(2019, 1, 1),
        effective_date=date(2019, 1, 8),
        text=None,
    )
    newer = replace(
        now,
        version="2026-12",
        published_date=date(2026, 11, 20),
        effective_date=date(2026, 12, 1),
        changes={"en": "More about <guardians>.", "zh": "关于监护人。"},
        significant=True,
    )
    every = (older, now, newer)
    with_profile(service.parts.given, "terraquanta", policy_versions=every)


@pytest.mark.usefixtures("versions")
async def test_every_version_is_listed_newest_first(visitor: Visitor) -> None:
    page = await visitor.get("/policies/terraquanta")
    assert page.status == 200
    titles = [one.text for one in page.main.every("h2")]
    assert [one.split()[-1] for one in titles] == ["2026-12", "2021-09-26", "2019-01"]
    states = [one.text for one in page.main.every("p") if one.get("class") == "need"]
    assert states == ["not in force yet", "in force now", "earlier version"]
    assert "More about <guardians>. This was a significant change." in page.text
    assert "In force from 1 December 2026" in page.text
    assert "/policies/terraquanta/2026-12" in page.links()
    assert "/policies/terraquanta/2019-01" not in page.links()
    assert "max-age=60" in page.headers["Cache-Control"]


@pytest.mark.usefixtures("versions")
async def test_a_version_is_shown_word_by_word(
    service: Service, visitor: Visitor
) -> None:
    page = await visitor.get("/policies/terraquanta/2021-09-26")
    profile = service.parts.given.profiles["terraquanta"]
    text = profile.policy_versions[1].text or ""
    shown = page.main.one("pre")
    assert shown.children == [text]
    assert shown["lang"] in {"en", "zh-Hans"}
    assert profile.policy_versions[1].text_sha256 in page.text


@pytest.mark.usefixtures("versions")
async def test_a_text_elsewhere_is_linked(visitor: Visitor) -> None:
    page = await visitor.get("/policies/terraquanta/2019-01")
    assert page.status == 200
    assert [*page.main.every("pre")] == []
    assert page.links().count("https://terraquanta.example/privacy") == 2


async def test_a_version_that_never_was_is_told_so(visitor: Visitor) -> None:
    page = await visitor.get("/policies/terraquanta/%3Cscript%3E")
    assert page.status == 404
    assert page.title == "There is no such version"
    assert "<script>" not in page.body
    assert (await visitor.get("/policies/nowhere")).status == 404


async def test_every_page_names_whom_to_ask(service: Service, visitor: Visitor) -> None:
    for app, profile in service.parts.given.profiles.items():
        for path in (f"/sign-up/{app}", f"/policies/{app}"):
            footer = (await visitor.get(path)).root.one("footer")
            links = [one["href"] for one in footer.every("a")]
            assert f"mailto:{profile.contact.email}" in links
            assert f"/policies/{app}" in links
            assert profile.operator in (await visitor.get(path)).body
            assert (profile.contact.authority or "") in footer.text
            assert (profile.contact.dpo_email or "") in footer.text
