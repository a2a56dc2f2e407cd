"""Whoever signs in sees what was changed, also where nobody could write to them."""

from datetime import timedelta

from service.domain.security import CHANGES, CHANGES_SHOWN
from service.pages.words import knows
from tests.support.holders import NEW_PASSWORD
from tests.support.members import Member, SignedIn, a_member
from tests.support.service import PASSWORD, Json, Service


async def changes(session: SignedIn) -> list[Json]:
    response = await session.get("/v1/account/security-changes")
    assert response.status == 200, await response.text()
    return list((await response.json())["changes"])


async def change_password(member: Member) -> None:
    session = await member.sign_in()
    changed = await session.put(
        "/v1/account/password",
        current_password=PASSWORD,
        new_password=NEW_PASSWORD,
        end_other_sessions=False,
    )
    assert changed.status == 200, await changed.text()
    member.password = NEW_PASSWORD


async def test_changes_are_shown_for_thirty_days(service: Service) -> None:
    member, other = await a_member(service), await a_member(service, "eve@example.org")
    assert await changes(await member.sign_in()) == []
    await change_password(member)
    service.clock.advance(timedelta(hours=1))
    await member.add_totp()

    seen = await changes(await member.sign_in())

    assert [(one["action"], one["by"]) for one in seen] == [
        ("security.authenticator_added", "holder"),
        ("security.password_changed", "holder"),
    ]
    assert seen[1]["at"] == "2026-11-22T12:00:00Z"
    assert await changes(await other.sign_in()) == [], "nobody else's"
    service.clock.advance(CHANGES_SHOWN)
    assert await changes(await member.sign_in()) == []


def test_every_change_has_words() -> None:
    assert [one for one in CHANGES if not knows(f"actions.{one}")] == []
