"""What guardians sign in with beside a link: added, named, used, removed."""

import asyncio
from datetime import timedelta

import pytest

from service.domain.authenticators import FRESH, TRIES_IN_WINDOW
from service.mfa.totp.flows import APPS
from service.worker import sweep
from tests.mfa.device import USER_PRESENT, Device
from tests.support.families import GUARDIAN
from tests.support.guardian_ways import PASSWORD, Keeper, a_keeper, enter
from tests.support.scan import places_of
from tests.support.service import Service
from tests.support.signed_in import begin, link_sent
from tests.support.signed_in import enter as by_link
from tests.support.wards import Ward, a_ward

WRONG = "trombone glacier 81 lanterns"


@pytest.fixture
async def ward(service: Service) -> Ward:
    return await a_ward(service)


@pytest.fixture
async def keeper(service: Service, ward: Ward) -> Keeper:
    return await a_keeper(service)


async def test_a_passkey_alone_lets_a_guardian_in(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_passkey()

    response = await keeper.by_passkey()

    assert response.status == 201, await response.text()
    answer = await response.json()
    assert answer["methods"] == ["passkey"]
    assert answer["second_factor"] is True
    keeper.token = answer["guardian_token"]
    assert len(await keeper.children.children()) == 1
    letters = (await service.send_messages()).to(GUARDIAN)
    assert "passkey was added to your guardian" in letters[-1]


async def test_a_passkey_that_did_not_verify_its_user_lets_nobody_in(
    keeper: Keeper,
) -> None:
    await keeper.add_passkey()
    keeper.device.flags = USER_PRESENT
    assert (await keeper.by_passkey()).status == 401


async def test_what_a_passkey_signed_works_once(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_passkey()
    asked = await service.post("/v1/apps/terra-maestro/guardian-passkey-options", {})
    assertion = keeper.device.sign(await asked.json())

    answers = await asyncio.gather(
        *(enter(service, "terra-maestro", assertion=assertion) for _ in range(100))
    )

    assert sorted(one.status for one in answers) == [201, *[401] * 99]


async def test_a_copy_of_a_passkey_is_refused_and_told(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_passkey()
    assert (await keeper.by_passkey()).status == 201
    keeper.device.counter = 0  # as that of a copy made before
    assert (await keeper.by_passkey()).status == 401
    letters = (await service.send_messages()).to(GUARDIAN)
    assert "copy of your passkey" in letters[-1]


async def test_a_passkey_opens_the_app_of_its_guardian_alone(keeper: Keeper) -> None:
    await keeper.add_passkey()
    assert (await keeper.by_passkey("plain")).status == 401


async def test_somebody_elses_device_is_nobodys(keeper: Keeper) -> None:
    await keeper.add_passkey()
    keeper.device = Device(user_handle=keeper.device.user_handle)
    assert (await keeper.by_passkey()).status == 401


async def test_a_passkey_belongs_to_one_guardian(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_passkey()
    await a_ward(service, username="ada", guardian="dad@example.org")
    other = await a_keeper(service, "dad@example.org")
    options = await other.ask("POST", "/authenticators/passkeys/options")
    made = keeper.device.make(await options.json())
    refused = await other.ask(
        "POST", "/authenticators/passkeys", name="mine", credential=made
    )
    assert refused.status == 422
    assert (await refused.json())["code"] == "passkey_wrong"


async def test_a_password_and_an_app_let_a_guardian_in(
    service: Service, keeper: Keeper
) -> None:
    refused = await keeper.ask("PUT", "/password", password=PASSWORD)
    assert refused.status == 409
    assert (await refused.json())["code"] == "second_factor_missing"
    await keeper.add_totp()
    weak = await keeper.ask("PUT", "/password", password="mum mum mum mum")
    assert weak.status == 422
    await keeper.do("PUT", "/password", password=PASSWORD)

    entered = await keeper.by_password()

    assert entered.status == 201, await entered.text()
    assert (await entered.json())["methods"] == ["password", "totp"]
    assert not await places_of(service.pool, PASSWORD)


async def test_whatever_is_wrong_is_one_answer(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_totp()
    await keeper.do("PUT", "/password", password=PASSWORD)
    right = keeper.code()
    wrong = "000000" if right != "000000" else "000001"
    answers = set()
    for address, password, code in (
        (GUARDIAN, WRONG, right),
        (GUARDIAN, PASSWORD, wrong),
        (GUARDIAN, PASSWORD, ""),
        ("nobody@example.org", PASSWORD, right),
    ):
        response = await enter(
            service,
            "terra-maestro",
            guardian_email=address,
            password=password,
            code=code,
        )
        answer = await response.json()
        answer.pop("request_id")
        answers.add((response.status, str(answer)))
    assert len(answers) == 1
    counted = await service.pool.fetch(
        "SELECT in_a_row FROM failed_tries WHERE proof = 'password' ORDER BY in_a_row"
    )
    assert [row[0] for row in counted] == [
        0,
        1,
    ]  # a stranger is counted like a guardian
    assert not await places_of(service.pool, "nobody@example.org")


async def test_tries_are_few_and_the_link_still_works(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_totp()
    await keeper.do("PUT", "/password", password=PASSWORD)
    for _ in range(TRIES_IN_WINDOW):
        assert (await keeper.by_password(WRONG)).status == 401
    assert (await keeper.by_password()).status == 401
    await keeper.sign_in()
    raised = await keeper.prove(method="totp", code=keeper.code())
    assert raised.status == 201  # a stranger used up no try of the app


async def test_a_code_works_once(service: Service, keeper: Keeper) -> None:
    await keeper.add_totp()
    await keeper.do("PUT", "/password", password=PASSWORD)
    code = keeper.code()

    answers = await asyncio.gather(
        *(keeper.by_password(code=code) for _ in range(TRIES_IN_WINDOW))
    )

    assert [one.status for one in answers].count(201) == 1


async def test_codes_can_not_be_guessed(keeper: Keeper) -> None:
    await keeper.add_totp()
    await keeper.sign_in()
    for _ in range(TRIES_IN_WINDOW):
        assert (await keeper.prove(method="totp", code="abcdef")).status == 401
    assert (await keeper.prove(method="totp", code=keeper.code())).status == 401


async def test_one_proof_more_goes_on_under_another_token(
    service: Service, keeper: Keeper
) -> None:
    await keeper.add_totp()
    code = await begin(service)
    entered = await (await by_link(service, await link_sent(service), code)).json()
    assert entered["second_factor"] is False
    assert entered["provable"] == ["totp"]
    keeper.token = old = entered["guardian_token"]

    raised = await keeper.do(
        "POST", "/sessions/current/proofs", method="totp", code=keeper.code()
    )

    assert raised["methods"] == ["email_link", "totp"]
    assert raised["second_factor"] is True
    assert raised["expires_at"] == entered["expires_at"]
    assert (await keeper.children.get()).status == 200
    keeper.token = old
    assert (await keeper.children.get()).status == 401


async def test_a_passkey_can_be_the_proof_more(keeper: Keeper) -> None:
    await keeper.add_passkey()
    await keeper.sign_in()
    asked = await keeper.ask("POST", "/passkey-options")
    assertion = keeper.device.sign(await asked.json())
    raised = await keeper.prove(method="passkey", assertion=assertion)
    assert raised.status == 201
    assert (await keeper.prove(method="passkey", assertion=assertion)).status == 401


async def test_changes_ask_for_a_fresh_proof(keeper: Keeper) -> None:
    one = await keeper.add_totp()
    ways: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("POST", "/authenticators/passkeys/options", {}),
        ("POST", "/authenticators/totp", {"name": "x"}),
        ("PATCH", f"/authenticators/totp/{one}", {"name": "x"}),
        ("DELETE", f"/authenticators/totp/{one}", {}),
        ("PUT", "/password", {"password": PASSWORD}),
        ("DELETE", "/password", {}),
    )
    proven, by_mail = keeper.token, (await keeper.sign_in()).token
    for token in (by_mail, proven):
        keeper.token = token
        for method, path, body in ways:
            response = await keeper.ask(method, path, **body)
            assert response.status == 403, (method, path)
            answer = await response.json()
            assert answer["code"] == "step_up_required"
            assert answer["methods"] == ["totp"]
        keeper.service.clock.advance(FRESH)


async def test_without_a_factor_the_mailbox_is_to_be_fresh(keeper: Keeper) -> None:
    keeper.service.clock.advance(FRESH)
    refused = await keeper.ask("POST", "/authenticators/totp", name="x")
    assert refused.status == 403
    assert (await refused.json())["methods"] == ["email_link"]


async def test_each_is_named_shown_and_removed(
    service: Service, keeper: Keeper
) -> None:
    app, passkey = await keeper.add_totp(), await keeper.add_passkey()
    other = await Keeper(service, keeper.token).sign_in()
    await keeper.do("PUT", "/password", password=PASSWORD)
    assert (await other.children.get()).status == 401  # signed out by the change
    await keeper.do("PATCH", f"/authenticators/totp/{app}", name="qzold-telephone")
    await keeper.do(
        "PATCH", f"/authenticators/passkeys/{passkey}", name="qzdesk-at-home"
    )
    shown = await keeper.do("GET", "/authenticators")
    assert [one["name"] for one in shown["totp"]] == ["qzold-telephone"]
    assert [one["name"] for one in shown["passkeys"]] == ["qzdesk-at-home"]
    assert "password_set_at" in shown
    assert not await places_of(service.pool, "qzold-telephone", "qzdesk-at-home")
    wrong = await keeper.ask("DELETE", f"/authenticators/passkeys/{app}")
    assert wrong.status == 404

    await keeper.do("DELETE", f"/authenticators/totp/{app}")
    await keeper.do("DELETE", f"/authenticators/passkeys/{passkey}")

    shown = await keeper.do("GET", "/authenticators")
    assert shown == {"passkeys": [], "totp": []}  # a password alone would be nothing
    letters = (await service.send_messages()).to(GUARDIAN)
    for words in (
        "app of your guardian",
        "passkey of your guardian",
        "password was set",
    ):
        assert any(words in one and "/guardian/not-me#" in one for one in letters)


async def test_there_is_an_end_to_apps(keeper: Keeper) -> None:
    for _ in range(APPS):
        await keeper.add_totp()
    refused = await keeper.ask("POST", "/authenticators/totp", name="one more")
    assert refused.status == 409
    assert (await refused.json())["code"] == "authenticators_used_up"


async def test_what_is_begun_and_not_finished_goes(
    service: Service, keeper: Keeper
) -> None:
    await keeper.ask("POST", "/authenticators/totp", name="x")
    await keeper.ask("POST", "/authenticators/passkeys/options")
    service.clock.advance(timedelta(hours=1))
    late = await keeper.ask("POST", "/authenticators/totp/confirm", code="123456")
    assert late.status == 404
    await sweep(service.parts)
    assert await service.count("guardian_totp") == 0
    assert await service.count("guardian_passkey_challenge") == 0


async def test_who_is_barred_comes_in_by_no_way(service: Service, ward: Ward) -> None:
    keeper = await a_keeper(service)
    await keeper.add_totp()
    await keeper.add_passkey()
    await keeper.do("PUT", "/password", password=PASSWORD)
    await service.parts.disqualified.bar(await ward.guardian_id(), "a minor")
    assert (await keeper.by_passkey()).status == 401
    assert (await keeper.by_password()).status == 401
