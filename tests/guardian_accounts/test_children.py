"""What a guardian who is signed in sees of each child, and does."""

import re
from datetime import timedelta

import pytest

from service.domain.forms import ContactKind
from service.kit.database import transaction
from tests.support.contract import operations
from tests.support.couples import DAD, a_couple
from tests.support.families import GUARDIAN, a_family
from tests.support.guardian_ways import a_keeper, a_proven
from tests.support.holders import NEW_PASSWORD
from tests.support.invariants import broken
from tests.support.members import Member
from tests.support.scan import places_of
from tests.support.service import PASSWORD, Json, Service
from tests.support.signed_in import SignedInGuardian, sign_in
from tests.support.wards import Ward, a_ward, pass_time

SECOND_CONTACT = timedelta(hours=24)


@pytest.fixture
async def ward(service: Service) -> Ward:
    """A child whose guardian is known: the second contact is over."""
    ward = await a_ward(service)
    await pass_time(service, SECOND_CONTACT)
    await pass_time(service, SECOND_CONTACT)
    return ward


@pytest.fixture
async def guardian(service: Service, ward: Ward) -> SignedInGuardian:
    """The guardian, signed in by the link and an authenticator app."""
    return await a_proven(service)


def on(child: Json) -> set[str]:
    return {one["purpose"]["id"] for one in child["purposes"] if one["on"]}


def by(child: Json, purpose: str) -> list[str]:
    (found,) = [one for one in child["purposes"] if one["purpose"]["id"] == purpose]
    return [one["given_by"] for one in found["grants"]]


async def test_each_child_appears_once(service: Service, ward: Ward) -> None:
    other = await a_ward(service, username="ada")
    await a_ward(service, username="stranger", guardian=DAD)
    guardian = await sign_in(service)

    children = await guardian.children()

    assert [one["account_id"] for one in children] == [
        str(ward.account_id),
        str(other.account_id),
    ]


async def test_what_holds_is_shown_and_who_agreed_to_it(service: Service) -> None:
    couple = await a_couple(service, dads=())
    guardian = await sign_in(service)

    response = await guardian.get(f"/{couple.mum.account_id}")
    child = await response.json()

    assert on(child) == {"account", "protection", "improvement"}
    assert sorted(by(child, "account")) == ["other_guardian", "you"]
    assert by(child, "improvement") == ["you"]
    assert child["several_guardians"] is True
    assert {one["action"] for one in child["recent"]} >= {
        "account.opened",
        "guardian.invited",
        "consent.answered",
    }
    assert len(child["receipts"]) == 2
    assert DAD not in await response.text()


async def test_one_purpose_goes_and_comes_back_without_a_message(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    path = f"/{ward.account_id}"
    gone = await guardian.post(f"{path}/withdrawals", purposes=["improvement"])
    assert on(await gone.json()) == {"account", "protection"}

    back = await guardian.post(f"{path}/consents", purposes=["improvement"])

    assert back.status == 200, await back.text()
    assert on(await back.json()) == {"account", "protection", "improvement"}
    given = await ward.told("consent.given")
    assert given[-1]["after"] == "active"
    methods = await service.pool.fetch(
        "SELECT DISTINCT method, strength FROM consent_grant WHERE state = 'active'"
    )
    assert [tuple(one) for one in methods] == [("guardian_account", 1)]
    assert await broken(service.pool) == []


async def test_everything_goes_at_once(ward: Ward, guardian: SignedInGuardian) -> None:
    response = await guardian.post(f"/{ward.account_id}/withdrawals")
    child = await response.json()
    assert child["account_state"] == "suspended"
    assert child["erased_at"] is not None
    assert on(child) == set()


async def test_who_is_not_verified_yet_agrees_to_nothing_here(
    service: Service,
) -> None:
    ward = await a_ward(service)
    guardian = await sign_in(service)
    (child,) = await guardian.children()
    assert not any(one["offered"] for one in child["purposes"])

    response = await guardian.post(
        f"/{ward.account_id}/consents", purposes=["recommendations"]
    )

    assert response.status == 403
    answer = await response.json()
    assert answer["code"] == "guardian_account_insufficient"
    assert answer["missing"] == ["verification", "second_factor"]
    assert answer["methods"] == []


async def test_what_was_given_so_carries_the_next_time_too(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    path = f"/{ward.account_id}"
    for _ in range(3):  # the consent by e-mail has given way after the first time
        await guardian.post(f"{path}/withdrawals", purposes=["improvement"])
        back = await guardian.post(f"{path}/consents", purposes=["improvement"])
        assert back.status == 200, await back.text()


async def test_the_link_alone_gives_nothing(service: Service, ward: Ward) -> None:
    path = f"/{ward.account_id}"
    keeper = await a_keeper(service)
    refused = await keeper.children.post(f"{path}/consents", purposes=[])
    assert (await refused.json())["missing"] == ["second_factor"]
    await keeper.add_totp()
    by_mail = (await keeper.sign_in()).children  # now there is one to be used
    refused = await by_mail.post(f"{path}/consents", purposes=[])
    assert refused.status == 403
    answer = await refused.json()
    assert answer["missing"] == ["second_factor"]
    assert answer["methods"] == ["totp"]
    for method, rest, body in (
        ("DELETE", "", None),
        ("GET", "/export", None),
        ("POST", "/password-resets", None),
        ("POST", "/invitations", {"guardian_email": DAD, "relation": "other"}),
    ):
        closed = await service.client.request(
            method,
            f"/v1/guardian/children{path}{rest}",
            json=body,
            headers=keeper.headers,
        )
        assert closed.status == 403, (method, rest)
        assert (await closed.json())["code"] == "step_up_required"
    gone = await by_mail.post(f"{path}/withdrawals", purposes=["improvement"])
    assert gone.status == 200  # as easy as ever
    await keeper.do(
        "POST", "/sessions/current/proofs", method="totp", code=keeper.code()
    )
    given = await keeper.children.post(f"{path}/consents", purposes=["improvement"])
    assert given.status == 200


async def test_an_account_makes_nothing_stronger(
    ward: Ward, guardian: SignedInGuardian
) -> None:
    (child,) = await guardian.children()
    weak = {one["purpose"]["id"] for one in child["purposes"] if not one["offered"]}
    for purpose in weak:
        response = await guardian.post(
            f"/{ward.account_id}/consents", purposes=[purpose]
        )
        assert response.status == 422
    assert weak


async def test_all_that_is_kept_is_handed_over(
    ward: Ward, guardian: SignedInGuardian
) -> None:
    response = await guardian.get(f"/{ward.account_id}/export")
    kept = await response.json()
    assert kept["username"] == "little-kim"
    assert {one["purpose"] for one in kept["consents"]} >= {"account", "improvement"}
    assert {one["given_by"] for one in kept["consents"]} == {"you"}
    assert kept["receipts"]
    assert kept["policies_accepted"]
    assert PASSWORD not in (await response.text())


async def test_how_the_child_gets_in_is_handed_over_but_no_secret(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    member = Member(service, str(ward.account_id), "little-kim", "terra-maestro")
    await member.sign_in(device="Kim's tablet")
    await member.add_totp()
    helped = await guardian.post(f"/{ward.account_id}/password-resets")
    assert helped.status == 202

    response = await guardian.get(f"/{ward.account_id}/export")

    assert response.status == 200, await response.text()
    kept = await response.json()
    assert "Kim's tablet" in {one.get("device") for one in kept["sessions"]}
    assert [one["name"] for one in kept["authenticators"]["totp"]] == ["My phone"]
    assert kept["authenticators"]["recovery_codes"]["left"] == 10
    assert [one["through"] for one in kept["password_resets"]] == ["guardian"]
    assert member.totp is not None
    text = await response.text()
    secrets = [member.totp.secret, *member.recovery_codes]
    assert not [one for one in secrets if one in text]


async def test_the_child_is_erased_for_ever(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    assert (await guardian.delete(f"/{ward.account_id}")).status == 204

    assert await ward.account() is None
    assert not await places_of(service.pool, "little-kim")
    (erased,) = await ward.told("account.erased")
    assert erased["cause"] == "guardian_erased"
    assert erased["actor"]["type"] == "guardian"
    assert await service.count("guardian") == 0
    assert (await guardian.get()).status == 401
    assert await broken(service.pool) == []


async def test_nothing_is_erased_while_guardians_disagree(service: Service) -> None:
    couple = await a_couple(service)
    guardian = await sign_in(service)
    path = f"/{couple.mum.account_id}"
    assert (await guardian.post(f"{path}/disputes")).status == 202

    response = await guardian.delete(path)

    assert response.status == 409
    assert await couple.mum.account() is not None
    (child,) = await guardian.children()
    assert child["disputed"] is True


def child_of(service: Service, ward: Ward) -> Member:
    """Return the child as somebody who signs in."""
    return Member(service, str(ward.account_id), "little-kim", app="terra-maestro")


def reset_in(letter: str) -> str:
    found = re.search(r"/reset#([\w-]{43})", letter)
    assert found is not None, letter
    return found[1]


async def test_the_child_is_signed_out_everywhere(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    child = child_of(service, ward)
    sessions = [await child.sign_in(), await child.sign_in(kind="browser")]
    assert [await one.is_in() for one in sessions] == [True, True]

    response = await guardian.delete(f"/{ward.account_id}/sessions")

    assert response.status == 204
    assert [await one.is_in() for one in sessions] == [False, False]
    assert (await sessions[0].refresh()).status == 401
    (told,) = await ward.told("security.sessions_ended")
    assert told["actor"]["type"] == "guardian"
    assert told["cause"] == "signed_out"
    (shown,) = await guardian.children()
    recent = {one["action"]: one["by"] for one in shown["recent"]}  # at one instant
    assert recent["security.sessions_ended"] == "guardian"
    assert await (await child.sign_in()).is_in()
    assert len(await guardian.children()) == 1


async def test_a_half_finished_sign_in_ends_too(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    child = child_of(service, ward)
    await child.add_totp()
    challenge = await (await child.ask()).json()

    await guardian.delete(f"/{ward.account_id}/sessions")

    refused = await child.answer(challenge["challenge_id"], "totp")
    assert refused.status == 404


async def test_a_child_without_a_contact_is_helped_to_a_new_password(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    child = child_of(service, ward)
    before = len(service.mailbox.to(GUARDIAN))

    response = await guardian.post(f"/{ward.account_id}/password-resets")

    assert response.status == 202
    assert await response.json() == {"sent_to": "you"}
    letters = (await service.send_messages()).to(GUARDIAN)[before:]
    (secret,) = [reset_in(one) for one in letters]
    assert "little-kim" not in letters[0]
    assert (await child.ask()).status == 200  # until it is used, nothing has changed
    shown = await (await guardian.get(f"/{ward.account_id}")).text()
    kept = await (await guardian.get(f"/{ward.account_id}/export")).text()
    for answer in (await response.text(), shown, kept):
        assert secret not in answer
        assert PASSWORD not in answer
        assert "argon2" not in answer
    sent = await service.pool.fetchval(
        "SELECT actor FROM audit_entry WHERE action = 'password.reset_sent'"
    )
    assert sent == "guardian"
    done = await service.post(
        "/v1/password-resets/complete", {"token": secret, "new_password": NEW_PASSWORD}
    )
    assert done.status == 204
    assert (await child.ask()).status == 401
    assert (await child.ask(NEW_PASSWORD)).status == 200


async def test_only_the_guardian_who_asks_is_written_to(service: Service) -> None:
    couple = await a_couple(service)
    guardian = await sign_in(service)
    before = len(service.mailbox.to(DAD))

    await guardian.post(f"/{couple.mum.account_id}/password-resets")

    mailbox = await service.send_messages()
    assert reset_in(mailbox.to(GUARDIAN)[-1])
    assert len(mailbox.to(DAD)) == before


async def test_a_child_with_a_contact_is_written_to_itself(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    own = "kim@example.org"
    records = service.parts.records
    async with transaction(service.pool) as connection:
        found = await records.lock(connection, ward.account_id)
        assert found is not None
        await records.move_contact(
            connection,
            found[0],
            ContactKind.EMAIL,
            own,
            key=found[1],
            now=service.clock.now(),
        )
    before = len(service.mailbox.to(GUARDIAN))

    response = await guardian.post(f"/{ward.account_id}/password-resets")

    assert await response.json() == {"sent_to": "child"}
    mailbox = await service.send_messages()
    assert reset_in(mailbox.to(own)[-1])
    assert len(mailbox.to(GUARDIAN)) == before


async def test_nobody_is_helped_into_an_account_under_review(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    await child_of(service, ward).freeze()
    response = await guardian.post(f"/{ward.account_id}/password-resets")
    assert response.status == 403
    assert (await response.json())["code"] == "account_suspended"
    assert await service.count("password_reset") == 0


async def test_another_guardian_is_named(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    response = await guardian.post(
        f"/{ward.account_id}/invitations", guardian_email=DAD, relation="other"
    )
    assert response.status == 202
    assert (await service.send_messages()).link_for(DAD)


async def test_somebody_elses_child_is_nobody(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    stranger = await a_ward(service, username="stranger", guardian=DAD)
    for one in operations():
        if "{account_id}" not in one.path or "/v1/guardian/" not in one.path:
            continue
        for account_id in (str(stranger.account_id), "x", ward.family.child.token):
            body = {"purposes": [], "guardian_email": GUARDIAN, "relation": "parent"}
            wanted = one.body and one.path.rpartition("/")[2]
            sent = {
                "consents": {"purposes": []},
                "withdrawals": {},
                "country": {"country": "DE"},
                "invitations": {k: v for k, v in body.items() if k != "purposes"},
            }.get(wanted or "")
            response = await service.client.request(
                one.method,
                one.path.replace("{account_id}", account_id),
                json=sent,
                headers={"Authorization": f"Bearer {guardian.token}"},
            )
            assert response.status == 404, (one.method, one.path)
    assert (await stranger.look())["account_state"] == "active"
    assert await service.count("password_reset") == 0
    assert not await stranger.told("security.sessions_ended")


async def test_a_say_that_has_ended_shows_nothing(
    service: Service, ward: Ward, guardian: SignedInGuardian
) -> None:
    await service.parts.disqualified.remove(
        ward.account_id, await ward.guardian_id(), "custody"
    )
    assert await guardian.children() == []
    assert (await guardian.get(f"/{ward.account_id}")).status == 404


async def test_a_child_without_an_answer_is_not_shown(
    service: Service, guardian: SignedInGuardian
) -> None:
    await a_family(service, username="waiting")
    assert len(await guardian.children()) == 1


async def about(
    service: Service,
    guardian: SignedInGuardian,
    address: str = GUARDIAN,
) -> tuple[str, str]:
    """Answer about one more child, and return the method and the state of it."""
    family = await a_family(service, username="ada", guardian=address)
    body = {
        "link_token": family.link,
        "answer": "give",
        "match_code": family.match_code,
        "adult": True,
    }
    response = await service.post("/v1/guardian/answers", body, token=guardian.token)
    row = await service.pool.fetchrow(
        "SELECT method, state FROM consent_grant WHERE account_id::text = $1",
        family.child.id,
    )
    assert row is not None, await response.text()
    return row["method"], row["state"]


async def test_a_second_child_is_added_without_verifying_again(
    service: Service, guardian: SignedInGuardian
) -> None:
    assert await about(service, guardian) == ("guardian_account", "active")
    assert len(await guardian.children()) == 2
    assert await broken(service.pool) == []


async def test_without_a_second_factor_it_is_consent_by_mail(
    service: Service, ward: Ward
) -> None:
    guardian = await sign_in(service)
    assert await about(service, guardian) == ("email_plus", "provisional")


@pytest.mark.parametrize("proven", [True, False])
async def test_who_insists_is_told_what_is_missing(
    service: Service, *, proven: bool
) -> None:
    await a_ward(service)
    guardian = await (a_proven if proven else sign_in)(service)
    family = await a_family(service, username="ada")
    body = {
        "link_token": family.link,
        "answer": "give",
        "match_code": family.match_code,
        "adult": True,
        "method": "guardian_account",
    }
    refused = await service.post("/v1/guardian/answers", body, token=guardian.token)
    assert refused.status == 403
    answer = await refused.json()
    assert answer["code"] == "guardian_account_insufficient"
    missing = ["verification"] if proven else ["verification", "second_factor"]
    assert answer["missing"] == missing
    again = await service.post(
        "/v1/guardian/answers", {**body, "method": "email_plus"}, token=guardian.token
    )
    assert again.status == 200  # nothing was used up


async def test_only_for_who_was_asked(
    service: Service, guardian: SignedInGuardian
) -> None:
    assert await about(service, guardian, DAD) == ("email_plus", "provisional")
    assert len(await guardian.children()) == 1


async def test_who_was_never_verified_is_now(service: Service) -> None:
    await a_ward(service)
    guardian = await sign_in(service)
    assert await about(service, guardian) == ("email_plus", "provisional")


async def test_the_childs_code_is_needed_as_ever(
    service: Service, guardian: SignedInGuardian
) -> None:
    family = await a_family(service, username="ada")
    body = {"link_token": family.link, "answer": "give", "adult": True}
    response = await service.post("/v1/guardian/answers", body, token=guardian.token)
    assert response.status == 422
    assert (await response.json())["code"] == "match_code_wrong"
