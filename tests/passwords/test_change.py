"""A holder changes their password: proven, told, and with a way to say "not me"."""

from datetime import timedelta

import pytest

from tests.support.holders import EMAIL, NEW_PASSWORD, Owner, an_owner, code_of
from tests.support.service import PASSWORD, Service


@pytest.fixture
async def owner(service: Service) -> Owner:
    return await an_owner(service)


async def test_the_new_password_signs_in_and_the_old_one_does_not(
    service: Service, owner: Owner
) -> None:
    response = await owner.change_password()

    assert response.status == 200, await response.text()
    assert await owner.is_in()
    assert not await owner.sign_in(PASSWORD)
    assert await owner.sign_in(NEW_PASSWORD)
    assert "security.password_changed" in await service.events(owner.id)
    actions = await service.pool.fetch("SELECT action FROM audit_entry")
    assert "security.password_changed" in {row["action"] for row in actions}


async def test_the_session_goes_on_with_other_tokens(
    service: Service, owner: Owner
) -> None:
    before = owner.session
    await owner.change_password()

    assert owner.session["session_id"] == before["session_id"]
    stolen = await service.get("/v1/account", token=before["access_token"])
    assert stolen.status == 401
    again = await service.post(
        "/v1/sessions/refresh", {"refresh_token": before["refresh_token"]}
    )
    assert again.status in {200, 401}  # a lost answer may be asked for again


@pytest.mark.parametrize("end", [True, False])
async def test_other_devices_stay_signed_in_if_the_holder_says_so(
    service: Service, owner: Owner, *, end: bool
) -> None:
    other = Owner(service, owner.app, owner.id, owner.name)
    assert await other.sign_in()

    await owner.change_password(end_other_sessions=end)

    assert not await other.is_in()  # the access token is of an older epoch
    body = {"refresh_token": other.session["refresh_token"]}
    refreshed = await service.post("/v1/sessions/refresh", body)
    assert refreshed.status == (401 if end else 200)
    assert ("security.sessions_ended" in await service.events(owner.id)) is end


async def test_the_holder_is_told_with_a_link(service: Service, owner: Owner) -> None:
    await owner.change_password()

    (told,) = (await service.send_messages()).to(EMAIL)
    assert "was changed" in told
    assert "/security#" in told


async def test_a_wrong_old_password_changes_nothing_and_counts(
    service: Service, owner: Owner
) -> None:
    wrong = "another harbour 27 umbrellas"
    for _ in range(10):
        assert await code_of(await owner.change_password(current=wrong)) == (
            "password_wrong"
        )

    # the tries are used up: not even the right one is taken, here or at signing in
    assert await code_of(await owner.change_password()) == "password_wrong"
    assert not await owner.sign_in(PASSWORD)
    service.clock.advance(timedelta(hours=1))
    assert await owner.sign_in(PASSWORD)


async def test_an_old_proof_is_not_enough(service: Service, owner: Owner) -> None:
    service.clock.advance(timedelta(minutes=10))
    fresh = await service.post(
        "/v1/sessions/refresh", {"refresh_token": owner.session["refresh_token"]}
    )
    owner.session = await fresh.json()

    response = await owner.change_password()

    assert response.status == 403
    told = await response.json(content_type=None)
    assert (told["code"], told["methods"]) == ("step_up_required", ["password"])


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("too short 4 it", "too_short"),
        ("x" * 257, "too_long"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_weak"),
        ("ada@example.org ada", "password_weak"),
        ("plain plain plain", "password_weak"),
    ],
)
async def test_the_rules_are_those_of_the_sign_up(
    owner: Owner, password: str, why: str
) -> None:
    response = await owner.change_password(password)

    assert response.status == 422
    (mistake, *_) = (await response.json(content_type=None))["errors"]
    assert (mistake["pointer"], mistake["code"]) == ("/new_password", why)


async def test_a_password_is_the_same_however_it_is_composed(owner: Owner) -> None:
    await owner.change_password("cafe\u0301s along 9 lanterns")

    assert await owner.sign_in("caf\u00e9s along 9 lanterns")
