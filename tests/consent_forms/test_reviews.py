"""Two people look at a signed form, and then it counts: once, and nothing is left."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest

from service.domain.accounts import AccountId
from service.domain.actors import OPERATOR as OPERATOR_ACTOR
from service.domain.consent_forms import FormId
from service.domain.events import Cause
from service.domain.refusals import FormUnknown, SecondOperatorNeeded
from service.guardians.verifying import Decided
from service.kit.database import Pool, transaction
from service.kit.metrics import REGISTRY
from service.kit.secrets import UnsealError
from tests.support.clock import StoppedClock
from tests.support.operators import running_for
from tests.support.phones import ask_by_text, asking_by
from tests.support.scan import places_of
from tests.support.scans import a_jpeg, a_pdf
from tests.support.service import Json, Service
from tests.support.signers import Signer, a_signer, approve, reject, taking_forms
from tests.support.wards import a_ward

HUNDRED = 100
OPERATOR = "operator@people.example"
ADVERTISING = "advertising_partners"


async def given(service: Service, child: str) -> list[Json]:
    rows = await service.pool.fetch(
        "SELECT purpose, method, strength, state, evidence_sha256 FROM consent_grant"
        " WHERE account_id::text = $1 AND given_by = 'guardian' ORDER BY purpose",
        child,
    )
    return [dict(row) for row in rows]


async def noted(service: Service, child: str) -> list[tuple[str, str, Json]]:
    rows = await service.pool.fetch(
        "SELECT actor, action, detail FROM audit_entry"
        " WHERE subject_id::text = $1 AND action LIKE 'consent.form_%'"
        " ORDER BY at, entry_id",
        child,
    )
    return [(row["actor"], row["action"], json.loads(row["detail"])) for row in rows]


async def test_it_counts_when_two_people_have_said_so(
    office: Service, signer: Signer
) -> None:
    child, scan = signer.family.child, a_jpeg(b"signed")
    form_id = await signer.sign(ADVERTISING, file=scan)
    assert (await child.look())["state"] == "awaiting_guardian"
    shown = await office.parts.form_reviews.show(form_id, reviewer="kim")
    assert shown.picture == scan
    assert ADVERTISING in {one.id for one in shown.purposes}

    assert await approve(office, form_id, "kim") is None
    assert (await child.look())["state"] == "awaiting_guardian"
    assert await approve(office, form_id, "lee") is Decided.GRANTED

    assert (await child.look())["state"] == "completed"
    grants = await given(office, child.id)
    assert {one["purpose"] for one in grants} == {"account", "protection", ADVERTISING}
    proof = sha256(scan).hexdigest()
    for one in grants:
        assert (one["method"], one["strength"]) == ("signed_form", 2)
        assert (one["state"], one["evidence_sha256"]) == ("active", proof)
    assert await office.count("consent_form") == 0
    assert await office.parts.form_reviews.every() == []


async def test_the_receipt_holds_the_hash_of_what_was_signed(
    office: Service, signer: Signer
) -> None:
    scan = a_pdf(b"signed").rstrip()
    form_id = await signer.sign(file=scan)
    for reviewer in ("kim", "lee"):
        await approve(office, form_id, reviewer)

    receipt_id = await office.pool.fetchval("SELECT receipt_id FROM consent_receipt")
    shown = await office.parts.receipts.show(receipt_id)
    purposes: Json = shown.claims["purposes"]
    assert purposes
    for purpose in purposes:
        assert purpose["given_by"]["method"] == "signed_form"
        assert purpose["given_by"]["evidence_sha256"] == sha256(scan).hexdigest()


async def test_who_looked_and_who_decided_is_written_down(
    office: Service, signer: Signer
) -> None:
    form_id = await signer.sign()
    office.clock.advance(timedelta(minutes=1))
    await office.parts.form_reviews.show(form_id, reviewer="kim")
    for reviewer in ("kim", "lee"):
        office.clock.advance(timedelta(minutes=1))
        await approve(office, form_id, reviewer)

    entries = await noted(office, signer.family.child.id)
    assert [(actor, action) for actor, action, _ in entries] == [
        ("guardian", "consent.form_sent"),
        ("operator", "consent.form_shown"),
        ("operator", "consent.form_approved"),
        ("operator", "consent.form_accepted"),
    ]
    assert [told.get("operator") for _, _, told in entries] == [
        *(None, "kim", "kim", "lee")
    ]


async def test_one_person_is_not_two(office: Service, signer: Signer) -> None:
    form_id = await signer.sign()
    await approve(office, form_id, "Kim  Park")
    for same in ("Kim Park", " kim park ", "KIM PARK"):
        with pytest.raises(SecondOperatorNeeded):
            await approve(office, form_id, same)
    assert (await signer.family.child.look())["state"] == "awaiting_guardian"


async def test_of_a_hundred_approvals_by_two_people_one_counts(
    office: Service, signer: Signer
) -> None:
    child, form_id = signer.family.child, await signer.sign()

    ends = await asyncio.gather(
        *(approve(office, form_id, ("kim", "lee")[one % 2]) for one in range(HUNDRED)),
        return_exceptions=True,
    )

    assert ends.count(Decided.GRANTED) == 1
    assert ends.count(None) == 1
    others = [one for one in ends if one is not None and one is not Decided.GRANTED]
    assert {type(one) for one in others} <= {FormUnknown, SecondOperatorNeeded}
    assert (await office.events(child.id)).count("consent.given") == 1
    assert await office.count("consent_receipt") == 1
    actions = [action for _, action, _ in await noted(office, child.id)]
    assert actions.count("consent.form_accepted") == 1


async def test_approvals_against_rejections_have_one_end(office: Service) -> None:
    for number in range(3):
        signer = await a_signer(office, number)
        form_id = await signer.sign()
        await approve(office, form_id, "kim")
        decide = (
            approve(office, form_id, "lee") if one % 2 else reject(office, form_id)
            for one in range(HUNDRED)
        )

        ends = await asyncio.gather(*decide, return_exceptions=True)

        done = [one for one in ends if isinstance(one, Decided)]
        assert len(done) == 1, ends
        state = (await signer.family.child.look())["state"]
        granted = done == [Decided.GRANTED]
        assert state == ("completed" if granted else "awaiting_guardian")


async def test_one_rejection_ends_it_and_the_guardian_tries_again(
    office: Service, signer: Signer
) -> None:
    form_id = await signer.sign()
    before = await signer.look()
    await approve(office, form_id, "lee")

    assert await reject(office, form_id) is Decided.TRY_AGAIN

    assert await office.count("consent_form") == 0
    with pytest.raises(FormUnknown):
        await approve(office, form_id, "kim")
    mailbox = await office.send_messages()
    letter = mailbox.to(signer.family.guardian)[-1]
    assert "can't be accepted as it is" in letter
    assert "the date is missing" not in letter
    again = await signer.written_to()
    form_id = await again.sign()
    after = await again.look()
    assert after["reference"] != before["reference"]
    await approve(office, form_id, "kim")
    assert await approve(office, form_id, "lee") is Decided.GRANTED


async def test_after_three_rejections_it_is_over(
    office: Service, signer: Signer
) -> None:
    ends = []
    for _ in range(3):
        form_id = await signer.sign()
        ends.append(await reject(office, form_id))
        if ends[-1] is Decided.TRY_AGAIN:
            signer = await signer.written_to()

    assert ends == [Decided.TRY_AGAIN, Decided.TRY_AGAIN, Decided.ENDED]
    assert (await signer.family.child.look())["state"] == "ended"


async def test_events_tell_the_method_and_nobodys_name(
    office: Service, signer: Signer
) -> None:
    child = signer.family.child
    await reject(office, await signer.sign())
    form_id = await (await signer.written_to()).sign()
    for reviewer in ("kim park", "lee"):
        await approve(office, form_id, reviewer)

    told = [one for one in await office.events(child.id) if "consent." in one]
    assert told == [
        "consent.requested",
        "consent.opened",
        "consent.verification_started",
        "consent.verification_failed",
        "consent.verification_started",
        "consent.given",
    ]
    rows = await office.pool.fetch("SELECT data::text FROM outbox_event")
    texts = " ".join(row["data"] for row in rows)
    assert "signed_form" in texts
    assert "kim park" not in texts
    assert str(form_id) not in texts


async def test_a_picture_is_sealed_to_its_row(office: Service, signer: Signer) -> None:
    form_id = await signer.sign(file=a_jpeg(b"qzmark"))
    other = await (await a_signer(office, 1)).sign(file=a_jpeg(b"qzmark"))
    assert not await places_of(office.pool, "qzmark")

    await office.pool.execute(
        "UPDATE consent_form SET picture = (SELECT picture FROM consent_form"
        " WHERE form_id = $1) WHERE form_id = $2",
        form_id,
        other,
    )
    with pytest.raises(UnsealError):
        await office.parts.form_reviews.show(other, reviewer="kim")


async def test_with_the_registration_the_form_ends(
    office: Service, signer: Signer
) -> None:
    form_id = await signer.sign()
    office.clock.advance(timedelta(days=14))
    assert await office.parts.timers.expire() == 1

    assert await office.count("consent_form") == 0
    with pytest.raises(FormUnknown):
        await approve(office, form_id, "kim")


@pytest.mark.parametrize("answer", ["refuse", "not_my_child"])
async def test_a_guardian_may_still_refuse(
    office: Service, signer: Signer, answer: str
) -> None:
    await signer.sign()
    assert (await signer.family.answer(answer)).status == 200
    assert await office.count("consent_form") == 0
    assert (await signer.family.child.look())["state"] == "ended"


async def test_a_form_counts_for_what_it_was_signed_for_alone(
    office: Service, signer: Signer
) -> None:
    older = await signer.sign()
    assert (await signer.choose(ADVERTISING)).status == 202

    with pytest.raises(FormUnknown):
        await approve(office, older, "kim")
    assert await office.parts.form_reviews.every() == []
    async with transaction(office.pool) as connection:
        assert await office.parts.forms.sweep(connection) == 1
    assert await office.count("consent_form") == 0
    sent = await signer.send()
    assert sent.status == 202
    async with transaction(office.pool) as connection:
        assert await office.parts.forms.sweep(connection) == 0


async def test_another_method_needs_no_form_any_more(
    office: Service, signer: Signer
) -> None:
    form_id = await signer.sign()
    assert (await signer.family.answer("give")).status == 200
    assert (await signer.family.child.look())["state"] == "completed"
    assert await office.count("consent_form") == 0
    with pytest.raises(FormUnknown):
        await approve(office, form_id, "kim")


async def test_nobody_decides_about_what_is_not_there(office: Service) -> None:
    nothing = FormId(UUID(int=0))
    with pytest.raises(FormUnknown):
        await office.parts.form_reviews.show(nothing, reviewer="kim")
    with pytest.raises(FormUnknown):
        await approve(office, nothing, "kim")
    with pytest.raises(FormUnknown):
        await reject(office, nothing)


async def test_the_operator_is_told_what_waits(office: Service) -> None:
    step = office.parts.forms_waiting
    step = replace(step, letters=replace(step.letters, email=OPERATOR))
    for number in range(2):
        await (await a_signer(office, number)).sign()
        office.clock.advance(timedelta(minutes=10))
    assert await step.step() == 0, "they are gathered first"

    await step.measure(office.parts.given.profiles)

    labels = {"app": "terra-maestro"}
    waiting, oldest = "agegate_consent_forms_waiting", "agegate_consent_forms_oldest"
    assert REGISTRY.get_sample_value(waiting, labels) == 2
    assert REGISTRY.get_sample_value(f"{oldest}_seconds", labels) == 20 * 60
    assert REGISTRY.get_sample_value(waiting, {"app": "plain"}) == 0

    told = []
    for hours in (1, 1, 24):
        office.clock.advance(timedelta(hours=hours))
        told.append(sum(await asyncio.gather(*(step.step() for _ in range(5)))))
    assert told == [1, 0, 1]
    letters = (await office.send_messages()).to(OPERATOR)
    assert len(letters) == 2
    assert "agegate forms list" in letters[0]
    assert ": 2, the oldest of 2026-11-22 12:00 UTC" in letters[0]
    assert "kim" not in letters[0]


async def test_without_an_address_nobody_is_written_to(
    office: Service, signer: Signer
) -> None:
    await signer.sign()
    office.clock.advance(timedelta(hours=2))
    assert await office.parts.forms_waiting.step() == 0
    assert await office.count("message WHERE template = 'forms_wait'") == 0


@pytest.fixture
async def renewing(office: Service) -> Signer:
    """A guardian who gave consent by e-mail, and signs for more."""
    ward = await a_ward(office, purposes=())
    signer = Signer(office, await ward.ask_anew())
    await signer.sign(ADVERTISING)
    return signer


async def test_more_is_agreed_to_for_an_account_that_there_is(
    office: Service, renewing: Signer
) -> None:
    (form,) = await office.parts.form_reviews.every()
    child = renewing.family.child.id
    assert ADVERTISING not in {one["purpose"] for one in await given(office, child)}

    for reviewer in ("kim", "lee"):
        await approve(office, form.form_id, reviewer)

    signed = [one for one in await given(office, child) if one["evidence_sha256"]]
    purposes = {one["purpose"] for one in signed if one["state"] == "active"}
    assert purposes == {"account", "protection", ADVERTISING}


async def test_a_form_is_told_of_where_an_account_is_exported(
    office: Service, renewing: Signer
) -> None:
    (form,) = await office.parts.form_reviews.every()
    account_id = AccountId(UUID(renewing.family.child.id))
    async with transaction(office.pool) as connection:
        (shown,) = await office.parts.forms.export(connection, account_id)
    assert shown["sha256"] == form.sha256
    assert "picture" not in shown


async def test_with_the_account_the_form_is_erased(
    office: Service, renewing: Signer
) -> None:
    account_id = AccountId(UUID(renewing.family.child.id))
    async with transaction(office.pool) as connection:
        held = await office.parts.held.lock(connection, account_id)
        assert held is not None
        await office.parts.held.erase(
            connection,
            held.account,
            cause=Cause.GUARDIAN_ERASED,
            actor=OPERATOR_ACTOR,
            now=office.clock.now(),
        )
    assert await office.count("consent_form") == 0
    assert await office.parts.form_reviews.every() == []


async def test_a_guardian_who_was_named_by_phone_is_written_to_there(
    pool: Pool, clock: StoppedClock
) -> None:
    changed = taking_forms(asking_by())
    async with running_for(pool, clock, changed) as service:
        signer = Signer(service, await ask_by_text(service))
        assert await reject(service, await signer.sign()) is Decided.TRY_AGAIN
        signer = await signer.written_to()
        assert "can't be accepted as it is" in service.mailbox.texts[-1].text
        form_id = await signer.sign()
        for reviewer in ("kim", "lee"):
            await approve(service, form_id, reviewer)
        assert (await signer.family.child.look())["state"] == "completed"
