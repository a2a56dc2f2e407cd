"""Terra Maestro keeps its word: below 14 nobody without a guardian's consent."""

import json
from datetime import timedelta

import pytest

from service.domain.decisions import Reason, Rule
from service.domain.explanations import Audience, explain
from service.kit.database import Pool
from service.outbox.subscribers import check
from tests.policies.papers import (
    ADULT,
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
from tests.support.deliveries import deliver_events
from tests.support.families import BORN, GUARDIAN, a_child, a_family
from tests.support.members import Member
from tests.support.operators import SHIPPED, running_for
from tests.support.scan import places_of, places_of_id
from tests.support.service import PASSWORD, Applicant, Json, Service

APP = "terra-maestro"
EMAIL = "ada@example.org"
PHONE = "+8613912345678"
REQUIRED: dict[str, Json] = {"username": "ada", "email": EMAIL, "phone": PHONE}
BUSINESS = "business@terramaestro.com"
AUTHORITY = "public security"


async def an_adult(service: Service, **more: Json) -> Applicant:
    adult = await service.register(APP, **ADULT, **{**REQUIRED, **more})
    await adult.confirm(EMAIL, "email")
    await adult.confirm(PHONE, "phone")
    return adult


@keeps("TM-1")
async def test_an_account_needs_phone_email_username_and_password(
    service: Service,
) -> None:
    shown = await needs(service, APP)
    needed = {name for name, need in shown.items() if need == "required"}
    assert needed == {"phone", "email", "username", "password"}

    for missing in REQUIRED:
        form = {key: value for key, value in REQUIRED.items() if key != missing}
        wrong = await mistakes(service, APP, **ADULT, **form)
        assert wrong == {(f"/{missing}", "missing")}

    adult = await an_adult(service)
    assert (await adult.look())["state"] == "completed"


@keeps("TM-1")
async def test_both_contacts_are_confirmed_before_there_is_an_account(
    service: Service,
) -> None:
    adult = await service.register(APP, **ADULT, **REQUIRED)
    after = await adult.confirm(PHONE, "phone")

    assert after["state"] == "confirm_contact"
    assert await service.count("account") == 0
    assert (await adult.confirm(EMAIL, "email"))["state"] == "completed"


@keeps("TM-2")
async def test_name_birthday_gender_location_and_industry_may_be_left_out(
    service: Service,
) -> None:
    shown = await needs(service, APP)
    optional = {name for name, need in shown.items() if need == "optional"}
    assert optional == {"name", "birthday", "gender", "location", "industry"}

    adult = await an_adult(service)

    assert (await opened(service, adult.id))["extras"] == {}


@keeps("TM-2")
async def test_the_age_question_does_not_fill_in_the_optional_birthday(
    service: Service,
) -> None:
    adult = await an_adult(service, profile={"name": "Ada"})

    account = await opened(service, adult.id)
    assert account["extras"] == {"name": "Ada"}
    assert "1990" not in json.dumps(account)
    assert not await places_of(service.pool, ADULT["date_of_birth"])


@keeps("TM-3")
@pytest.mark.parametrize(
    ("born", "decision"),
    [("2012-11-23", "ask_guardian"), ("2012-11-22", "admit"), ("1990-01-01", "admit")],
)
async def test_a_child_is_who_is_below_fourteen(
    service: Service, born: str, decision: str
) -> None:
    check = await service.check_age(APP, date_of_birth=born, country="CN")

    assert check["decision"] == decision


@keeps("TM-3")
async def test_there_is_no_childs_account_without_a_guardians_consent(
    service: Service,
) -> None:
    family = await a_family(service)
    await family.open()
    await family.answer("give", match_code="000000")
    for step in ("contact-codes", "contact-confirmations", "age-proofs"):
        body = {"code": "000000"} if step == "contact-confirmations" else {}
        await family.child.post(step, **body)
    assert await service.count("account") == 0

    await family.answer("give")

    assert await service.count("account") == 1
    bond = await service.pool.fetchrow("TABLE guardianship")
    assert bond is not None
    assert str(bond["account_id"]) == family.child.id


@keeps("TM-3")
@pytest.mark.parametrize("first", [BORN, ADULT["date_of_birth"]])
async def test_the_youngest_answer_of_a_day_counts(
    service: Service, first: str
) -> None:
    """Whichever was told first: neither the later answer nor an older ticket helps."""
    second = ({BORN, ADULT["date_of_birth"]} - {first}).pop()
    path, tickets = f"/v1/apps/{APP}/age-checks", []
    cookie: dict[str, str] = {}
    for born in (first, second):
        response = await service.post(path, {"date_of_birth": born}, headers=cookie)
        tickets.append((await response.json())["ticket"])
        kept = response.cookies["__Host-agegate-gate"]
        cookie = {"Cookie": f"{kept.key}={kept.value}"}
    for number, ticket in enumerate(tickets):
        body = {
            "ticket": ticket,
            "username": f"kim-{number}",
            "password": PASSWORD,
            "policy_version": service.policy_version(APP),
        }
        response = await service.post(
            f"/v1/apps/{APP}/registrations", body, headers=cookie
        )
        assert (await response.json())["state"] == "ask_guardian"


@keeps("TM-4")
@pytest.mark.parametrize("answer", ["refuse", "not_my_child"])
async def test_a_childs_data_goes_at_once_when_the_guardian_says_no(
    service: Service, answer: str
) -> None:
    family = await a_family(service)
    await family.answer(answer)

    left = {table for table, _ in await places_of_id(service.pool, family.child.id)}
    assert not left & {"registration", "subject_key", "message", "age_decision"}
    assert await service.count("identifier") == 0


@keeps("TM-4")
async def test_a_childs_data_goes_when_the_guardian_is_silent(service: Service) -> None:
    family = await a_family(service)
    service.clock.advance(timedelta(days=14))

    assert await service.parts.timers.expire() == 1

    left = {table for table, _ in await places_of_id(service.pool, family.child.id)}
    assert not left & {"registration", "subject_key", "message", "age_decision"}


@keeps("TM-6")
async def test_consent_is_given_and_withdrawn_at_any_time_and_history_is_kept(
    service: Service,
) -> None:
    adult = await an_adult(service)
    session = await Member(service, adult.id, EMAIL, APP).sign_in()
    path = "/v1/account/purposes/recommendations"

    for agreed in (True, False, True):
        chosen = await session.put(path, granted=agreed)
        assert (await chosen.json())["granted"] is agreed
        session = await session.refreshed()

    kept = await service.pool.fetch(
        "SELECT state FROM consent_grant WHERE purpose = 'recommendations'"
        " ORDER BY state"
    )
    assert [one["state"] for one in kept] == ["active", "withdrawn"]
    assert await service.count("consent_receipt") == 3


@keeps("TM-11")
async def test_every_decision_is_kept_with_its_explanation(service: Service) -> None:
    await a_family(service)
    await an_adult(service)

    for row in await service.pool.fetch("SELECT decision, reason FROM age_decision"):
        reason = json.loads(row["reason"])
        reason["rule"] = Rule(reason["rule"])
        words = explain(
            Reason(**reason),
            "en",
            contact=SHIPPED[APP].contact,
            audience=Audience.RECORD,
        )
        assert "14 years" in words.summary
        assert any("under 14 is a child" in one for one in words.details)
        assert any("2024-09-02" in one for one in words.details)
    assert await service.count("age_decision") == 2


@keeps("TM-11")
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_decision_is_explained_with_a_way_to_a_person(
    service: Service, language: str
) -> None:
    path = f"/v1/apps/{APP}/age-checks?lang={language}"

    response = await service.post(path, {"date_of_birth": BORN})

    explanation = (await response.json())["explanation"]
    assert explanation["summary"]
    assert any(BUSINESS in one for one in explanation["details"])
    assert "14" not in json.dumps(explanation)  # nobody learns which age to answer


@keeps("TM-13")
async def test_data_leaves_mainland_china_only_with_an_assessment_on_record(
    pool: Pool, clock: StoppedClock
) -> None:
    inside = subscriber("inside", region="CN")
    outside = subscriber("outside", region="US")
    assessed = subscriber("assessed", region="US", mechanism="CAC assessment 2026-1")
    every = [inside, outside, assessed]
    async with running_for(pool, clock, subscribers=every) as service:
        await a_family(service)

        assert await told(service, "outside") == []
        assert len(await told(service, "inside")) == 3
        assert await told(service, "assessed") == await told(service, "inside")

    wrong = check(every, {APP: SHIPPED[APP]})
    assert {one.key for one in wrong if "stays in CN" in one.what} == {
        "subscribers.outside.transfer_mechanism"
    }


@keeps("TM-14")
async def test_nothing_is_kept_longer_than_its_time(service: Service) -> None:
    kept = SHIPPED[APP].retention
    family = await a_family(service)
    await family.answer("refuse")
    adult = await an_adult(service)
    await service.send_messages()
    await deliver_events(service)
    times = {
        "registration_end": kept.ended_registrations,
        "message": kept.messages,
        "outbox_event": kept.events,
        "audit_entry": kept.action_log,
        "consent_link_end": timedelta(days=30),
        "guardian_asked": timedelta(days=1),
    }
    began, second = service.clock.now(), timedelta(seconds=1)
    for time in sorted(set(times.values())):
        over = [table for table in times if times[table] == time]
        service.clock.time = began + time - second
        await swept(service)
        assert all([await service.count(table) for table in over]), over
        service.clock.time = began + time + second
        await swept(service)
        assert not any([await service.count(table) for table in over]), over
    assert (await opened(service, adult.id))["email"] == EMAIL


@keeps("TM-17")
async def test_every_event_names_its_legal_ground(service: Service) -> None:
    family = await a_family(service)
    await family.answer("give")

    found = await grounds(service)
    assert {found[name] for name in found if name.startswith("consent.")} == {
        "legal_obligation"
    }
    others = {found[name] for name in found if not name.startswith("consent.")}
    assert others == {"contract"}


@keeps("TM-17")
async def test_sharing_with_partners_needs_explicit_consent(service: Service) -> None:
    await an_adult(service)
    assert "advertising_partners" not in await granted(service)

    bob = {"username": "bob", "email": "bob@example.org", "phone": "+8613912345679"}
    other = await service.register(
        APP, **ADULT, **bob, purposes=["advertising_partners"]
    )
    await other.confirm("bob@example.org", "email")
    await other.confirm("+8613912345679", "phone")

    assert (await granted(service))["advertising_partners"] == "holder"


@keeps("TM-17")
async def test_a_subscriber_is_told_of_the_events_it_is_entitled_to(
    pool: Pool, clock: StoppedClock
) -> None:
    only = subscriber("only", types=["consent.given"])
    async with running_for(pool, clock, subscribers=[only]) as service:
        family = await a_family(service)
        await family.answer("give")

        assert await told(service, "only") == ["consent.given"]


@keeps("TM-18")
async def test_personal_data_is_sealed_with_a_key_for_each_person(
    service: Service,
) -> None:
    await an_adult(service)
    await a_family(service, username="little-kim")

    marks = (EMAIL, PHONE, PHONE[1:], "little-kim", GUARDIAN, PASSWORD, BORN)
    assert not await places_of(service.pool, *marks)
    assert await service.count("subject_key") == 2
    one, other = await service.pool.fetch("SELECT wrapped_key FROM subject_key")
    assert one["wrapped_key"] != other["wrapped_key"]


@keeps("TM-18")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Aa1!Aa1!", "too_short"),
        ("passwordpassword", "password_weak"),
        ("terra maestro terra", "password_weak"),
        ("qwertyuiopasdfgh", "password_weak"),
        ("x" * 257, "too_long"),
    ],
)
async def test_a_password_must_be_hard_to_guess(
    service: Service, password: str, code: str
) -> None:
    wrong = await mistakes(
        service, APP, date_of_birth=BORN, username="kim", password=password
    )
    assert wrong == {("/password", code)}


@keeps("TM-19")
async def test_of_a_child_only_what_the_guardian_granted_is_used(
    service: Service,
) -> None:
    family = await a_family(service)

    await family.answer("give", purposes=["recommendations"])

    assert await granted(service) == dict.fromkeys(
        {"account", "protection", "recommendations"}, "guardian"
    )


@keeps("TM-19")
async def test_a_child_can_not_agree_to_a_purpose_itself(service: Service) -> None:
    wrong = await mistakes(
        service,
        APP,
        date_of_birth=BORN,
        username="kim",
        purposes=["mailing_list"],
    )
    assert wrong == {("/purposes", "not_asked")}

    await (await a_family(service)).answer("give")
    assert set(await granted(service)) == {"account", "protection"}


@keeps("TM-19")
async def test_a_guardians_consent_ends_after_a_year(service: Service) -> None:
    await (await a_family(service)).answer("give")

    ends = await service.pool.fetchval("SELECT DISTINCT ends_at FROM consent_grant")
    assert ends == service.clock.now() + timedelta(days=365)


@keeps("TM-20")
async def test_contact_and_authority_stand_on_every_form_and_request(
    service: Service,
) -> None:
    form = await form_of(service, APP)
    shown = await (await (await a_family(service)).open()).json()

    for contact in (form["contact"], shown["contact"]):
        assert contact["email"] == BUSINESS
        assert AUTHORITY in contact["authority"]


@keeps("TM-20")
async def test_contact_and_authority_stand_in_every_message(service: Service) -> None:
    await an_adult(service)
    await an_adult_again(service)
    family = await a_family(service)
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN)
    await family.answer("give", link_token=link)
    almost = await a_child(service, username="almost", date_of_birth="2012-11-25")
    await almost.ask_guardian("dad@example.org")
    service.clock.advance(timedelta(days=3))
    await service.parts.timers.age_up()
    await service.send_messages()

    templates = await service.pool.fetch("SELECT DISTINCT template FROM message")
    assert {row["template"] for row in templates} == {
        *("contact_code", "account_opened", "already_registered"),
        *("guardian_asked", "guardian_reminder", "guardian_thanks"),
        "consent_no_longer_needed",
    }
    mailbox = service.mailbox
    words = [text for mail in mailbox.emails for text in (mail.text, mail.html)]
    words += [sms.text for sms in mailbox.texts]
    for text in words:
        assert BUSINESS in text
        assert AUTHORITY in text
    assert {mail.reply_to for mail in mailbox.emails} == {BUSINESS}


async def an_adult_again(service: Service) -> None:
    await service.register(APP, **ADULT, **{**REQUIRED, "username": "again"})
