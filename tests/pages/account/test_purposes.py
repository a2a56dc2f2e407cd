"""What a holder's data may be used for, decided on a page without scripts."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.age_rules import Quorum
from service.kit.database import Pool
from tests.pages.account.people import Holder, signed_in
from tests.pages.visitor import Page, Visitor
from tests.support.clock import StoppedClock
from tests.support.couples import DAD, invite
from tests.support.families import GUARDIAN
from tests.support.members import Member
from tests.support.operators import SHIPPED, running_for
from tests.support.service import Service
from tests.support.wards import Ward, a_ward, pass_time

HERE = "/account/purposes"
CHILDS_APP = "terra-maestro"


@pytest.fixture
async def together(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service, where child and guardian consent together."""
    profile = SHIPPED[CHILDS_APP]
    quorum = Quorum.CHILD_AND_GUARDIAN
    joint = replace(profile, age=replace(profile.age, quorum=quorum))
    async with running_for(pool, clock, joint) as one:
        yield one


async def child_at(ward: Ward, language: str = "en") -> Holder:
    service = ward.service
    member = Member(service, str(ward.account_id), "little-kim", CHILDS_APP)
    holder = Holder(member, Visitor(service.client, language))
    assert (await holder.sign_in()).path == "/account"
    return holder


async def a_young_person(service: Service) -> tuple[Ward, Holder]:
    """Return somebody who had a guardian, and decides alone since today."""
    soon = service.clock.now() + timedelta(days=10)
    born = f"{soon.replace(year=soon.year - 14):%Y-%m-%d}"
    ward = await a_ward(service, date_of_birth=born)
    await pass_time(service, timedelta(days=12))
    return ward, await child_at(ward)


async def say(holder: Holder, purpose: str, word: str) -> Page:
    """Press a button beside a purpose, which there must be."""
    page = await holder.get(HERE)
    found = [
        one.get("aria-describedby")
        for one in page.main.every("button")
        if one.get("value") == word
    ]
    assert f"name-{purpose}" in found or purpose == "*", page.text
    sent = await holder.visitor.ask("POST", HERE, {"purpose": purpose, "word": word})
    return await holder.visitor.get(sent.location) if sent.status == 303 else sent


def rows(page: Page) -> dict[str, str]:
    """Return what stands beside each purpose."""
    found = {}
    for item in page.main.every("li"):
        for name in item.every("strong"):
            if name.get("id", "").startswith("name-"):
                found[name["id"].removeprefix("name-")] = item.text
    return found


async def test_the_account_leads_there(service: Service) -> None:
    holder = await signed_in(service)
    assert HERE in (await holder.get("/account")).links()


async def test_a_purpose_is_agreed_to_and_withdrawn(service: Service) -> None:
    holder = await signed_in(service)

    agreed = await say(holder, "improvement", "agree")
    assert "We have noted it." in agreed.text
    withdrawn = await say(holder, "improvement", "withdraw")

    assert "not agreed to" in rows(withdrawn)["improvement"]
    events = await service.events(holder.member.id)
    assert events[-3:] == ["consent.given", "consent.withdrawn", "consent.narrowed"]


async def test_what_is_essential_ends_the_visit_and_comes_back(
    service: Service,
) -> None:
    holder = await signed_in(service)

    out = await say(holder, "service", "withdraw")

    assert "used for nothing" in out.text
    assert holder.cookie is None
    assert (await holder.sign_in()).path == "/account"
    page = await holder.get(HERE)
    assert re.search(r"on \d+ \w+ 20\d\d it is deleted", page.text)
    assert (await holder.get("/account/security")).status == 403
    refused = await say(holder, "improvement", "agree")
    assert refused.status == 422
    back = await say(holder, "service", "agree")
    assert "it is deleted, unless" not in back.text
    assert (await holder.get("/account/security")).status == 200


async def test_a_word_about_nothing_is_refused(service: Service) -> None:
    holder = await signed_in(service)

    refused = await holder.visitor.ask("POST", HERE, {"purpose": "anything"})

    assert refused.status == 404
    assert "does not use data for this" in refused.text


async def test_a_young_person_confirms_everything_at_once(service: Service) -> None:
    ward, holder = await a_young_person(service)
    overview = await holder.get("/account")
    assert "You now decide yourself" in overview.text
    page = await holder.get(HERE)
    assert "From now on you decide yourself" in page.text
    assert "Agreed to by a parent or guardian." in rows(page)["improvement"]

    done = await say(holder, "*", "agree")

    assert "From now on you decide yourself" not in done.text
    assert "by a parent" not in done.text
    assert len(await ward.told("consent.handed_over")) == 1


async def test_a_young_person_withdraws_everything_at_once(service: Service) -> None:
    ward, holder = await a_young_person(service)

    out = await say(holder, "*", "withdraw")

    assert "used for nothing" in out.text
    assert (await ward.account())["state"] == "suspended"
    states = [one for some in (await ward.grants()).values() for one in some]
    assert {*states} == {"withdrawn"}


async def test_a_young_person_changes_one_and_confirms_the_rest(
    service: Service,
) -> None:
    ward, holder = await a_young_person(service)

    await say(holder, "improvement", "withdraw")
    done = await say(holder, "*", "agree")

    assert "not agreed to" in rows(done)["improvement"]
    (told,) = await ward.told("consent.handed_over")
    assert told["purposes"] == ["account", "protection"]


async def test_a_child_sees_who_said_yes_and_to_what(service: Service) -> None:
    ward = await a_ward(service)
    service.clock.advance(timedelta(minutes=1))
    await (await invite(ward)).answer("give")
    holder = await child_at(ward)

    page = await holder.get(HERE)

    assert page.title == "Who may see what"
    shown = rows(page)
    assert "Guardian A (your mother or father) said yes on" in shown["improvement"]
    assert "Guardian B" not in shown["improvement"]
    assert "Guardian B (your mother or father) said yes on" in shown["account"]
    assert "The yes ends on" in shown["account"]
    assert shown["recommendations"].startswith("Recommendations off")
    for contact in (GUARDIAN, DAD):
        assert contact not in page.body
    assert [*page.main.every("form")] == []


async def test_a_child_changes_nothing_where_guardians_decide(
    service: Service,
) -> None:
    ward = await a_ward(service)
    holder = await child_at(ward)

    typed = {"purpose": "improvement", "word": "withdraw"}
    refused = await holder.visitor.ask("POST", HERE, typed)

    assert refused.status == 403
    assert "Your parent or guardian decides" in refused.text or refused.text
    assert (await ward.grants())["improvement"] == ["provisional"]


async def test_a_child_says_yes_and_no_where_both_are_asked(together: Service) -> None:
    ward = await a_ward(together, purposes=["improvement"])
    holder = await child_at(ward)
    before = rows(await holder.get(HERE))["improvement"]
    assert "waiting" in before
    assert "It waits for your own yes." in before

    yes = await say(holder, "improvement", "agree")
    assert "You said yes on" in rows(yes)["improvement"]
    assert "Better service on" in rows(yes)["improvement"]
    no = await say(holder, "improvement", "withdraw")
    assert "It waits for your own yes." in rows(no)["improvement"]

    first = await say(holder, "recommendations", "agree")
    assert "from: A parent or guardian." in rows(first)["recommendations"]


async def test_without_its_essential_yes_a_child_is_signed_out_and_comes_back(
    together: Service,
) -> None:
    ward = await a_ward(together)
    holder = await child_at(ward)

    out = await say(holder, "account", "withdraw")

    assert out.path.startswith(f"/sign-in/{CHILDS_APP}")
    holder = await child_at(ward)
    account = await holder.get("/account")
    assert "Your account is suspended" in account.text
    assert "Legal ground" not in account.text
    page = await holder.get(HERE)
    assert "unless the yes comes back" in page.text
    assert "paused" in rows(page)["protection"]
    await say(holder, "account", "agree")
    assert (await ward.account())["state"] == "active"


@pytest.mark.parametrize("word", ["agree", "withdraw"])
async def test_both_answers_of_a_child_are_asked_for_alike(
    together: Service, word: str
) -> None:
    holder = await child_at(await a_ward(together))
    page = await holder.get(HERE)
    buttons = [one for one in page.main.every("button") if one.get("value") == word]
    assert len(buttons) == len(rows(page))
    assert {one["class"] for one in buttons} == {"quiet"}


async def test_it_is_told_in_chinese_as_well(together: Service) -> None:
    holder = await child_at(await a_ward(together), "zh")
    page = await holder.get(HERE)
    assert page.title == "谁可以看到什么"
    assert "还在等您自己同意。" in page.text
