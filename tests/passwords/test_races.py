"""A hundred at once: one reset, one answer for each request."""

import asyncio
from collections import Counter

from tests.support.holders import (
    EMAIL,
    NEW_PASSWORD,
    an_owner,
    ask_reset,
    code_of,
    complete_reset,
    link_to,
)
from tests.support.service import Service

HUNDRED = 100


async def test_one_link_sets_one_password(service: Service) -> None:
    owner = await an_owner(service)
    await ask_reset(service, "plain", EMAIL)
    token = await link_to(service, EMAIL, "reset")
    passwords = [f"{number} {NEW_PASSWORD}" for number in range(HUNDRED)]

    answers = await asyncio.gather(
        *[complete_reset(service, token, password) for password in passwords]
    )

    ends = Counter([await code_of(one) for one in answers])
    assert ends == {"": 1, "reset_link_invalid": HUNDRED - 1}
    (won,) = [n for n, one in enumerate(answers) if one.status == 204]
    assert await owner.sign_in(passwords[won])
    events = Counter(await service.events(owner.id))
    assert events["security.password_changed"] == 1
    told = (await service.send_messages()).to(EMAIL)
    assert len([text for text in told if "was changed" in text]) == 1


async def test_each_request_is_answered_once_by_several_workers(
    service: Service,
) -> None:
    owners = [await an_owner(service, email=f"ada{n}@example.org") for n in range(5)]
    for owner in owners:
        for _ in range(4):
            await ask_reset(service, "plain", owner.name)

    resets = service.parts.recovery.resets
    taken = await asyncio.gather(*[resets.step() for _ in range(HUNDRED)])
    while await resets.step():
        taken.append(1)

    assert sum(taken) == 20
    mailbox = await service.send_messages()
    assert [len(mailbox.to(owner.name)) for owner in owners] == [4] * 5
    assert await service.count("password_reset") == 5  # the newest of each
