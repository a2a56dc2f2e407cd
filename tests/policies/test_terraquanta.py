"""TerraQuanta keeps its word: a minor's guardian reads the policy and consents."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from service.domain.mistakes import mistakes as mistakes_of
from service.domain.profiles import PolicyProfile
from service.kit.database import Pool
from service.outbox.subscribers import check
from service.profiles.jurisdictions import read_jurisdictions
from tests.policies.papers import (
    ADULT,
    form_of,
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
from tests.support.deliveries import deliver_events
from tests.support.families import GUARDIAN, a_child, a_family
from tests.support.operators import SHIPPED, running_for
from tests.support.scan import places_of
from tests.support.service import Applicant, Json, Service

APP = "terraquanta"
EMAIL = "ada@example.org"
PHONE = "+8613912345678"
TRIAL: dict[str, Json] = {
    "email": EMAIL,
    "phone": PHONE,
    "profile": {"name": "Ada", "organisation": "Engines"},
}
SEVENTEEN = "2009-05-17"


async def an_adult(service: Service) -> Applicant:
    adult = await service.register(APP, **ADULT, **TRIAL)
    await adult.confirm(EMAIL, "email")
    await adult.confirm(PHONE, "phone")
    return adult


@keeps("TQ-1")
async def test_a_trial_account_asks_for_what_is_necessary_alone(
    service: Service,
) -> None:
    assert await needs(service, APP) == dict.fromkeys(
        ("name", "organisation", "phone", "email", "password"), "required"
    )
    assert await needs(service, APP, "for_children") == dict.fromkeys(
        ("username", "password", "guardian_email"), "required"
    )

    adult = await an_adult(service)

    account = await opened(service, adult.id)
    assert account["extras"] == {"name": "Ada", "organisation": "Engines"}
    assert account["username"] is None


@keeps("TQ-1")
@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({**ADULT, **TRIAL, "username": "ada"}, "/username"),
        ({**ADULT, **TRIAL, "guardian_email": GUARDIAN}, "/guardian_email"),
        ({"date_of_birth": SEVENTEEN, "username": "kim", "email": EMAIL}, "/email"),
        ({"date_of_birth": SEVENTEEN, "username": "kim", "phone": PHONE}, "/phone"),
        (
            {"date_of_birth": SEVENTEEN, "username": "kim", "profile": {"name": "Kim"}},
            "/profile/name",
        ),
    ],
)
async def test_what_is_not_necessary_is_not_taken(
    service: Service, form: dict[str, Json], pointer: str
) -> None:
    assert await mistakes(service, APP, **form) == {(pointer, "not_asked")}


@keeps("TQ-1")
async def test_the_date_of_birth_is_not_kept(service: Service) -> None:
    await an_adult(service)
    await a_family(service, APP, date_of_birth=SEVENTEEN)

    assert not await places_of(service.pool, ADULT["date_of_birth"], SEVENTEEN)
    crosses = await service.pool.fetch(
        "SELECT crosses_on FROM age_decision WHERE decision = 'admit'"
    )
    assert [row["crosses_on"] for row in crosses] == [None]


@keeps("TQ-2")
async def test_every_purpose_names_its_legal_ground(service: Service) -> None:
    form = await form_of(service, APP)

    assert {one["id"]: one["legal_ground"] for one in form["purposes"]} == {
        "service": "contract",
        "legal_duties": "legal_obligation",
        "improvement": "consent",
        "personalisation": "consent",
    }


@keeps("TQ-2")
async def test_every_event_names_its_legal_ground(service: Service) -> None:
    await (await a_family(service, APP, date_of_birth=SEVENTEEN)).answer("give")

    assert len(await grounds(service)) == 8
    assert set((await grounds(service)).values()) == {"contract", "legal_obligation"}


@keeps("TQ-4")
async def test_data_is_told_to_nobody_outside_mainland_china(
    pool: Pool, clock: StoppedClock
) -> None:
    inside = subscriber("inside", region="CN")
    abroad = [subscriber(region.lower(), region=region) for region in ("HK", "DE")]
    async with running_for(pool, clock, subscribers=[inside, *abroad]) as service:
        await an_adult(service)

        assert "account.opened" in await told(service, "inside")
        assert await told(service, "hk") == await told(service, "de") == []

    wrong = check([inside, *abroad], {APP: SHIPPED[APP]})
    assert len([one for one in wrong if "stays in CN" in one.what]) == 2


@keeps("TQ-5")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("P4ssw0rd!", "too_short"),
        ("terraquanta2026", "password_weak"),
        ("littlekim littlekim", "password_weak"),
        ("111111111111111", "password_weak"),
    ],
)
async def test_a_password_is_complex_or_the_reason_is_told(
    service: Service, password: str, code: str
) -> None:
    wrong = await mistakes(
        service,
        APP,
        date_of_birth=SEVENTEEN,
        username="littlekim",
        password=password,
    )
    assert wrong == {("/password", code)}


@keeps("TQ-7")
@pytest.mark.parametrize(
    ("born", "decision"),
    [
        ("2008-11-23", "ask_guardian"),
        ("2008-11-22", "admit"),
        (SEVENTEEN, "ask_guardian"),
    ],
)
async def test_a_minor_is_who_is_below_eighteen(
    service: Service, born: str, decision: str
) -> None:
    check = await service.check_age(APP, date_of_birth=born, country="CN")

    assert check["decision"] == decision


@keeps("TQ-7")
async def test_the_guardian_reads_the_policy_that_they_consent_to(
    service: Service,
) -> None:
    family = await a_family(service, APP, date_of_birth=SEVENTEEN)
    (policy,) = SHIPPED[APP].policy_versions

    shown = await (await family.open()).json()
    assert shown["policy"]["version"] == policy.version
    assert shown["policy"]["text_sha256"] == policy.text_sha256
    assert shown["policy"]["url"] == policy.url
    await family.answer("give")

    accepted = await service.pool.fetchrow("TABLE policy_acceptance")
    assert accepted is not None
    assert accepted["accepted_by"] == "guardian"
    assert accepted["policy_version"] == policy.version
    assert accepted["text_sha256"] == policy.text_sha256
    assert accepted["accepted_at"] == service.clock.now()


@keeps("TQ-7")
async def test_a_minor_has_no_account_before_the_guardians_consent(
    service: Service,
) -> None:
    minor = await a_child(service, APP, date_of_birth=SEVENTEEN)
    assert minor.state == "ask_guardian"
    await minor.ask_guardian(GUARDIAN)

    assert (await minor.look())["state"] == "awaiting_guardian"
    assert await service.count("account") == 0


@keeps("TQ-7")
async def test_the_guardian_is_sent_what_they_agreed_to(service: Service) -> None:
    family = await a_family(service, APP, date_of_birth=SEVENTEEN, locale="en")
    await family.answer("give", purposes=["improvement"])

    thanks = (await service.send_messages()).to(GUARDIAN)[-1]
    for title in ("Providing the service", "The law", "Better services"):
        assert title in thanks
    assert "2021-09-26" in thanks
    assert "Personalisation" not in thanks


def with_another(profile: PolicyProfile, *, days: int) -> PolicyProfile:
    """Return *profile* with a version that is announced so many days ahead."""
    published = date(2026, 11, 22)
    (first,) = profile.policy_versions
    later = replace(
        first,
        version="2026-12",
        published_date=published,
        effective_date=published + timedelta(days=days),
        significant=True,
    )
    return replace(profile, policy_versions=(first, later))


@keeps("TQ-8")
@pytest.mark.parametrize(("days", "fine"), [(0, False), (6, False), (7, True)])
def test_a_substantial_change_is_announced_a_week_ahead_or_refused(
    *, days: int, fine: bool
) -> None:
    wrong = mistakes_of(
        with_another(SHIPPED[APP], days=days), countries=read_jurisdictions().countries
    )

    assert (wrong == []) is fine
    assert [one.key for one in wrong] == (
        [] if fine else ["policy_versions.2026-12.effective_date"]
    )


@keeps("TQ-8")
async def test_every_version_can_be_read_before_and_after_it_is_in_force(
    pool: Pool, clock: StoppedClock
) -> None:
    changed = with_another(SHIPPED[APP], days=7)
    async with running_for(pool, clock, changed) as service:
        for in_force in ("2021-09-26", "2026-12"):
            assert (await form_of(service, APP))["policy"]["version"] == in_force
            listed = await (await service.get(f"/v1/apps/{APP}/policies")).json()
            assert [
                (one["version"], one["effective_date"]) for one in listed["policies"]
            ] == [("2021-09-26", "2021-09-26"), ("2026-12", "2026-11-29")]
            page = await (await service.get(f"/policies/{APP}")).text()
            assert "2021-09-26" in page
            assert "2026-12" in page
            clock.advance(timedelta(days=7))


@keeps("TQ-10")
async def test_what_is_no_longer_necessary_is_deleted(service: Service) -> None:
    family = await a_family(service, APP, date_of_birth=SEVENTEEN)
    await family.answer("refuse")
    await deliver_events(service)

    service.clock.advance(timedelta(days=366))
    await swept(service)

    tables = ("registration_end", "outbox_event", "outbox_subject", "audit_entry")
    for table in (*tables, "consent_link_end", "guardian_asked", "subject_key"):
        assert await service.count(table) == 0, table
