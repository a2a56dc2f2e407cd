"""Terran Studio keeps its word: no age, no name, no check, a log of one year."""

import base64
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from service.domain.mistakes import mistakes as mistakes_of
from service.profiles.jurisdictions import read_jurisdictions
from tests.policies.papers import (
    form_of,
    granted,
    grounds,
    mistakes,
    needs,
    opened,
    subscriber,
    swept,
    told,
)
from tests.policies.promises import keeps
from tests.support.clock import StoppedClock
from tests.support.operators import SHIPPED, running_for
from tests.support.scan import places_of
from tests.support.service import PASSWORD, Json, Service

APP = "terran-studio"
VOLUNTEERED: dict[str, Json] = {
    "email": "ada@example.org",
    "phone": "+4915112345678",
    "profile": {"name": "Ada Lovelace"},
}


@keeps("TS-1")
async def test_a_pseudonym_and_a_password_are_an_account(service: Service) -> None:
    somebody = await service.register(APP, username="Nobody-Known")

    assert somebody.state == "completed"
    account = await opened(service, somebody.id)
    assert account.pop("password_hash").startswith("$argon2id$")
    assert account == {
        "username": "nobody-known",
        "email": None,
        "phone": None,
        "extras": {},
    }
    assert not (await service.send_messages()).emails


@keeps("TS-1")
@pytest.mark.parametrize("name", ["ada@example.org", "+4915112345678"])
async def test_a_username_is_never_somebodys_address(
    service: Service, name: str
) -> None:
    assert await mistakes(service, APP, username=name) == {("/username", "wrong_form")}


@keeps("TS-2")
async def test_what_is_not_marked_required_may_be_left_out(service: Service) -> None:
    assert await needs(service, APP) == {
        "username": "required",
        "password": "required",
        "name": "optional",
        "phone": "optional",
        "email": "optional",
    }
    for number, left_out in enumerate(("", "email", "phone", "profile")):
        form = {key: value for key, value in VOLUNTEERED.items() if key != left_out}
        somebody = await service.register(APP, username=f"name-{number}", **form)
        assert somebody.state == "completed"


@keeps("TS-2")
async def test_leaving_something_out_changes_nothing(service: Service) -> None:
    generous = await service.register(APP, username="generous", **VOLUNTEERED)
    private = await service.register(APP, username="private")

    assert await service.events(generous.id) == await service.events(private.id)
    counted = Counter(
        row["purpose"] for row in await service.pool.fetch("TABLE consent_grant")
    )
    assert set(counted.values()) == {2}
    alike = await service.pool.fetch("SELECT DISTINCT state, age_band FROM account")
    assert len(alike) == 1


@keeps("TS-2")
@pytest.mark.parametrize("missing", ["username", "password"])
async def test_what_is_marked_required_is(service: Service, missing: str) -> None:
    body = {
        "username": "somebody",
        "password": PASSWORD,
        "policy_version": service.policy_version(APP),
    }
    del body[missing]

    response = await service.post(f"/v1/apps/{APP}/registrations", body)

    assert response.status == 422
    errors = (await response.json())["errors"]
    assert [(one["pointer"], one["code"]) for one in errors] == [
        (f"/{missing}", "missing")
    ]


@keeps("TS-3")
@pytest.mark.parametrize(
    ("form", "mistake"),
    [
        ({"profile": {"name": "x" * 101}}, ("/profile/name", "too_long")),
        ({"profile": {"shoe_size": "44"}}, ("/profile/shoe_size", "not_asked")),
        ({"phone": "12"}, ("/phone", "malformed")),
        ({"email": "ada"}, ("/email", "malformed")),
        ({"username": "1st"}, ("/username", "wrong_form")),
        ({"guardian_email": "mum@example.org"}, ("/guardian_email", "not_asked")),
    ],
)
async def test_the_operators_rules_for_the_content_are_kept(
    service: Service, form: dict[str, Json], mistake: tuple[str, str]
) -> None:
    assert mistake in await mistakes(service, APP, **{"username": "ada", **form})
    assert await service.count("account") == 0


@keeps("TS-4")
async def test_no_age_is_asked(service: Service) -> None:
    form = await form_of(service, APP)
    assert form["age_question"]["asked"] is False
    check = await service.check_age(APP)
    assert (check["decision"], check["age_band"]) == ("admit", "not_asked")
    wrong = await mistakes(service, APP, username="ada", date_of_birth="1990-05-17")
    assert wrong == {("/date_of_birth", "not_asked")}

    await service.register(APP, username="ada")

    kept = await service.pool.fetchrow("SELECT * FROM age_decision")
    assert kept is not None
    assert (kept["method"], kept["crosses_on"]) == ("not_asked", None)


@keeps("TS-4")
async def test_what_is_volunteered_is_not_checked(service: Service) -> None:
    first = await service.register(APP, username="first", **VOLUNTEERED)
    second = await service.register(APP, username="second", **VOLUNTEERED)

    assert first.state == second.state == "completed"
    mailbox = await service.send_messages()
    assert (mailbox.emails, mailbox.texts) == ([], [])
    kinds = await service.pool.fetch("SELECT DISTINCT kind FROM identifier")
    assert [row["kind"] for row in kinds] == ["username"]


@keeps("TS-5")
async def test_what_is_stored_is_sealed(service: Service) -> None:
    somebody = await service.register(APP, username="ada-the-first", **VOLUNTEERED)

    marks = ("ada-the-first", "ada@example.org", "15112345678", "Ada Lovelace")
    assert not await places_of(service.pool, *marks, PASSWORD)
    account = await opened(service, somebody.id)
    assert account["extras"] == {"name": "Ada Lovelace"}


@keeps("TS-5")
async def test_nobody_looks_into_somebody_elses_sign_up(service: Service) -> None:
    ada = await service.register(APP, username="ada")
    bob = await service.register(APP, username="bob")
    path = f"/v1/registrations/{ada.id}"

    assert (await service.get(path, token=ada.token)).status == 200
    assert (await service.get(path, token=bob.token)).status == 404
    assert (await service.get(path, token=bob.token[:-2])).status == 401
    assert (await service.get(path, token=forged(ada.token, bob.token))).status == 401
    assert (await service.get(path)).status == 401


def forged(token: str, other: str) -> str:
    """Return a token that names the sign-up of one, with the seal of another."""
    kind, key, body = token.split(".")
    named = base64.urlsafe_b64decode(body)[:16]
    sealed = base64.urlsafe_b64decode(other.split(".")[2])[16:]
    return f"{kind}.{key}.{base64.urlsafe_b64encode(named + sealed).decode()}"


@keeps("TS-6")
async def test_the_log_of_actions_is_kept_for_a_year_and_no_longer(
    service: Service,
) -> None:
    await service.register(APP, username="ada")
    written = await service.count("audit_entry")
    assert written == 3

    service.clock.advance(timedelta(days=365))
    await swept(service)
    assert await service.count("audit_entry") == written

    service.clock.advance(timedelta(seconds=1))
    await swept(service)
    assert await service.count("audit_entry") == 0
    assert await service.count("account") == 1


@keeps("TS-7")
async def test_every_event_names_its_ground_and_its_purposes(service: Service) -> None:
    await service.register(APP, username="ada", purposes=["research"])

    assert await grounds(service) == dict.fromkeys(
        {
            "registration.started",
            "registration.completed",
            "age.decided",
            "account.opened",
            "policy.accepted",
        },
        "contract",
    )
    purposes = await service.pool.fetchval(
        "SELECT data -> 'purposes' FROM outbox_event"
        " WHERE event_type = 'account.opened'"
    )
    assert purposes == '["service", "research"]'


@keeps("TS-7")
async def test_a_third_party_is_told_what_it_may_know_and_nothing_else(
    service: Service, clock: StoppedClock
) -> None:
    accounts = subscriber("accounts", types=["account.opened"])
    ages = subscriber("ages", types=["age.*"])
    other = replace(subscriber("other"), apps=("plain",))
    async with running_for(
        service.pool, clock, subscribers=[accounts, ages, other]
    ) as here:
        await here.register(APP, username="ada")

        assert await told(here, "accounts") == ["account.opened"]
        assert await told(here, "ages") == ["age.decided"]
        assert await told(here, "other") == []


@keeps("TS-8")
async def test_a_new_policy_is_in_force_once_it_is_posted(
    service: Service, clock: StoppedClock
) -> None:
    profile, today = SHIPPED[APP], clock.now().date()
    (first,) = profile.policy_versions
    second = replace(
        first,
        version="2026-11",
        published_date=today,
        effective_date=today,
        significant=True,
    )
    changed = replace(profile, policy_versions=(first, second))
    assert mistakes_of(changed, countries=read_jurisdictions().countries) == []

    async with running_for(service.pool, clock, changed) as here:
        shown = await (await here.get(f"/v1/apps/{APP}/policies")).json()
        form = await form_of(here, APP)
        old = await here.post(
            f"/v1/apps/{APP}/registrations",
            {"username": "ada", "password": PASSWORD, "policy_version": first.version},
        )

    assert [one["version"] for one in shown["policies"]] == ["2021-12", "2026-11"]
    assert form["policy"]["version"] == "2026-11"
    assert form["policy"]["effective_date"] == "2026-11-22"
    assert (old.status, (await old.json())["code"]) == (409, "policy_version_outdated")


@keeps("TS-8")
async def test_the_current_policy_says_where_its_text_is(service: Service) -> None:
    form = await form_of(service, APP)
    version = form["policy"]["version"]

    response = await service.get(f"/v1/apps/{APP}/policies/{version}")

    policy = await response.json()
    assert policy == form["policy"]
    assert policy["url"] == "https://terranstudio.com/Privacy-Policy"
    assert policy["effective_date"] == "2021-12-01"


@keeps("TS-9")
async def test_each_purpose_is_listed_by_itself(service: Service) -> None:
    form = await form_of(service, APP)

    listed = {one["id"]: one["essential"] for one in form["purposes"]}
    assert listed == {
        "service": True,
        "advertising_mail": False,
        "research": False,
        "targeting": False,
    }
    assert all(one["title"]["en"] for one in form["purposes"])
    assert all(one["description"]["en"] for one in form["purposes"])


@keeps("TS-9")
async def test_advertising_and_targeting_are_off_until_somebody_turns_them_on(
    service: Service,
) -> None:
    await service.register(APP, username="ada")
    assert await granted(service) == {"service": "holder"}
    await service.register(APP, username="bob", purposes=["targeting"])
    assert await granted(service) == {"service": "holder", "targeting": "holder"}
