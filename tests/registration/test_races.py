"""A hundred at once: whatever comes at the same time has one effect."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable
from datetime import timedelta

from aiohttp import ClientResponse

from service.domain.registration import CODE_SENDS, CODE_TRIES
from tests.support.invariants import broken
from tests.support.service import PASSWORD, Applicant, Json, Service

HUNDRED = 100
ADULT = {"date_of_birth": "1990-05-17", "country": "DE"}
ADDRESS = "ada@example.org"


async def together(requests: Iterable[Awaitable[ClientResponse]]) -> Counter[str]:
    """Send all at once; return how many got which code, or which state."""
    return Counter([await told(one) for one in await asyncio.gather(*requests)])


async def told(response: ClientResponse) -> str:
    if response.status == 204:
        return "done"
    body = await response.json()
    return str(body["code"] if response.status >= 400 else body["state"])


def form(service: Service, app: str, **more: Json) -> Json:
    version = service.policy_version(app)
    return {"password": PASSWORD, "policy_version": version, **more}


async def sign_up(
    service: Service, app: str, key: str | None = None, **more: Json
) -> ClientResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/v1/apps/{app}/registrations"
    return await service.post(path, form(service, app, **more), headers=headers)


async def waiting(service: Service, address: str = ADDRESS) -> Applicant:
    """Return an adult who waits for the code that was sent to *address*."""
    return await service.register("plain", **ADULT, email=address)


async def code_for(service: Service, applicant: Applicant) -> str:
    """Return the code that was sent for one of several sign-ups of an address."""
    mailbox = await service.send_messages()
    for mail in mailbox.emails:
        subject_id = await service.pool.fetchval(
            "SELECT subject_id FROM message WHERE message_id = $1", mail.id
        )
        if str(subject_id) == applicant.id:
            return mail.text.split()[0]
    raise AssertionError("no code was sent")


async def confirm(applicant: Applicant, code: str, channel: str) -> ClientResponse:
    return await applicant.post("contact-confirmations", code=code, channel=channel)


async def test_a_right_code_confirms_once(service: Service) -> None:
    applicant = await waiting(service)
    code = (await service.send_messages()).code_for(ADDRESS)

    ends = await together(confirm(applicant, code, "email") for _ in range(HUNDRED))

    assert ends == {"completed": 1, "step_not_due": HUNDRED - 1}
    assert await service.count("account") == 1
    events = Counter(await service.events())
    assert events["registration.contact_confirmed"] == events["account.opened"] == 1
    assert await broken(service.pool) == []


async def test_two_right_codes_open_one_account(service: Service) -> None:
    applicant = await service.register(
        "terra-maestro",
        **ADULT,
        username="ada",
        email=ADDRESS,
        phone="+4915112345678",
    )
    mailbox = await service.send_messages()
    codes = {
        "email": mailbox.code_for(ADDRESS),
        "phone": mailbox.code_for("+4915112345678"),
    }

    ends = await together(
        confirm(applicant, code, channel)
        for _ in range(HUNDRED // 2)
        for channel, code in codes.items()
    )

    assert ends["completed"] + ends["confirm_contact"] == 2
    assert ends["step_not_due"] == HUNDRED - 2
    assert await service.count("account") == 1
    assert await broken(service.pool) == []


async def test_five_wrong_codes_are_counted_and_not_one_more(service: Service) -> None:
    applicant = await waiting(service)
    right = (await service.send_messages()).code_for(ADDRESS)
    wrong = [f"{number:06d}" for number in range(HUNDRED + 1)]
    wrong.remove(right if right in wrong else wrong[-1])

    ends = await together(confirm(applicant, code, "email") for code in wrong)

    assert ends == {"code_wrong": HUNDRED}
    assert await service.pool.fetchval("SELECT tries_left FROM contact_code") == 0
    assert await told(await confirm(applicant, right, "email")) == "code_wrong"
    assert await service.count("account") == 0


async def test_guesses_in_a_crowd_get_five_tries_together(service: Service) -> None:
    applicant = await waiting(service)
    right = (await service.send_messages()).code_for(ADDRESS)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(CODE_TRIES - 1):
        await confirm(applicant, wrong, "email")

    ends = await together(
        confirm(applicant, code, "email")
        for _ in range(HUNDRED // 2)
        for code in (wrong, right)
    )

    assert ends["completed"] <= 1
    assert ends["completed"] == await service.count("account")
    if not ends["completed"]:
        assert ends == {"code_wrong": HUNDRED}
    assert await broken(service.pool) == []


async def test_codes_are_sent_five_times_at_most(service: Service) -> None:
    applicant = await waiting(service)

    ends = await together(
        applicant.post("contact-codes", channel="email") for _ in range(HUNDRED)
    )

    assert ends == {"done": CODE_SENDS - 1, "codes_used_up": HUNDRED - CODE_SENDS + 1}
    assert len((await service.send_messages()).to(ADDRESS)) == CODE_SENDS


async def test_one_username_is_one_registration(service: Service) -> None:
    ends = await together(
        sign_up(service, "terran-studio", username="Everybody") for _ in range(HUNDRED)
    )

    assert ends == {"completed": 1, "username_taken": HUNDRED - 1}
    assert await service.count("account") == 1
    assert await service.count("subject_key") == 1
    assert await broken(service.pool) == []


async def test_one_address_gets_ten_codes_a_day_and_nothing_is_kept_of_the_rest(
    service: Service,
) -> None:
    ends = await together(
        sign_up(service, "plain", **ADULT, email=ADDRESS) for _ in range(HUNDRED)
    )

    assert ends == {"confirm_contact": 10, "too_many_requests": 90}
    assert len((await service.send_messages()).to(ADDRESS)) == 10
    assert await service.count("registration") == 10
    assert await service.count("subject_key") == 10
    assert await broken(service.pool) == []


async def test_who_confirms_an_address_first_has_it(service: Service) -> None:
    several = [await waiting(service) for _ in range(4)]
    codes = [await code_for(service, one) for one in several]
    shown = {tuple(sorted(one.answer)) for one in several}
    assert len(shown) == 1

    ends = await together(
        confirm(one, code, "email") for one, code in zip(several, codes, strict=True)
    )

    assert ends == {"completed": 1, "ended": 3}
    assert await service.count("account") == 1
    assert await service.count("registration") == 0
    assert await service.count("subject_key") == 1
    assert await broken(service.pool) == []


async def test_one_key_and_one_body_are_one_registration(service: Service) -> None:
    answers = await asyncio.gather(
        *(
            sign_up(service, "plain", "key-1", **ADULT, email=ADDRESS)
            for _ in range(HUNDRED)
        )
    )

    assert {one.status for one in answers} == {202}
    assert len({await one.text() for one in answers}) == 1
    assert await service.count("registration") == 1
    assert await service.count("message") == 1
    assert await service.pool.fetchval("SELECT repeats FROM idempotency") == 99
    assert await broken(service.pool) == []


async def test_one_key_and_two_bodies_are_one_registration(service: Service) -> None:
    addresses = ("one@example.org", "two@example.org")
    ends = await together(
        sign_up(service, "plain", "key-1", **ADULT, email=address)
        for _ in range(HUNDRED // 2)
        for address in addresses
    )

    half = HUNDRED // 2
    assert ends == {"confirm_contact": half, "idempotency_key_reused": half}
    assert await service.count("registration") == 1
    assert await service.count("message") == 1


async def test_a_key_of_one_operator_is_not_another_ones(service: Service) -> None:
    first = await sign_up(service, "plain", "key-1", **ADULT, email=ADDRESS)
    second = await sign_up(service, "terran-studio", "key-1", username="ada")

    assert (first.status, second.status) == (202, 202)


async def test_a_key_is_free_again_after_a_day(service: Service) -> None:
    first = await sign_up(service, "terran-studio", "key-1", username="one")
    service.clock.advance(timedelta(hours=24))
    second = await sign_up(service, "terran-studio", "key-1", username="two")

    assert (first.status, second.status) == (202, 202)
    assert await service.count("account") == 2


async def test_a_ticket_is_used_once(service: Service) -> None:
    check = await service.check_age("plain", **ADULT)

    ends = await together(
        sign_up(
            service,
            "plain",
            ticket=check["ticket"],
            email=f"ada-{number}@example.org",
        )
        for number in range(HUNDRED)
    )

    assert ends == {"confirm_contact": 1, "ticket_invalid": HUNDRED - 1}
    assert await service.count("registration") == 1
    assert await service.count("subject_key") == 1
    assert await service.count("message") == 1


async def test_giving_up_happens_once(service: Service) -> None:
    applicant = await waiting(service)
    path = f"/v1/registrations/{applicant.id}"

    ends = await together(
        service.delete(path, token=applicant.token) for _ in range(HUNDRED)
    )

    assert ends == {"done": 1, "registration_ended": HUNDRED - 1}
    assert (await service.events()).count("registration.ended") == 1
    assert await broken(service.pool) == []


async def test_giving_up_while_confirming_is_an_account_or_nothing(
    service: Service,
) -> None:
    for number in range(5):
        address = f"ada-{number}@example.org"
        applicant = await waiting(service, address)
        code = (await service.send_messages()).code_for(address)
        path = f"/v1/registrations/{applicant.id}"

        ends = await together(
            request
            for _ in range(10)
            for request in (
                service.delete(path, token=applicant.token),
                confirm(applicant, code, "email"),
            )
        )

        won = ends["completed"]
        assert ends["done"] + won == 1
        assert ends["step_not_due" if won else "registration_ended"] == 19
        assert await broken(service.pool) == []


async def test_two_workers_end_each_registration_once(service: Service) -> None:
    number = 70  # more than one batch
    await together(
        sign_up(service, "plain", **ADULT, email=f"ada-{one}@example.org")
        for one in range(number)
    )
    service.clock.advance(timedelta(hours=72))

    async def work() -> int:
        ended = 0
        while found := await service.parts.timers.expire():
            ended += found
        return ended

    ended = await asyncio.gather(work(), work())

    assert sum(ended) == number
    assert (await service.events()).count("registration.ended") == number
    assert await service.count("registration") == 0
    assert await service.count("subject_key") == 0
    assert await broken(service.pool) == []
