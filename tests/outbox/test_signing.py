"""Signatures, checked with the library that subscribers use."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from service.kit.clock import SystemClock
from service.outbox.signing import read_secret
from tests.outbox.support import SECRET, WRITTEN_SECRET, World, event, failing

OTHER = secrets.token_bytes(32)


def written(secret: bytes) -> str:
    return f"whsec_{base64.b64encode(secret).decode()}"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [([SECRET], SECRET), ([SECRET, OTHER], SECRET), ([SECRET, OTHER], OTHER)],
    ids=["one", "the old one of two", "the new one of two"],
)
async def test_a_subscriber_can_verify_what_it_gets(
    world: World, ours: Sequence[bytes], theirs: bytes
) -> None:
    world.clock.time = SystemClock().now()  # the library looks at the machine's clock
    await world.tell(event())
    rights = replace(world.rights, secrets=tuple(ours))

    await world.dispatcher.step(rights)

    (taken,) = world.receiver.taken
    read = Webhook(written(theirs)).verify(taken.body, {**taken.headers})
    assert read == taken.event
    assert taken.headers["webhook-id"] == taken.id


async def test_nobody_else_can(world: World) -> None:
    world.clock.time = SystemClock().now()
    await world.tell(event())

    await world.step()

    (taken,) = world.receiver.taken
    with pytest.raises(WebhookVerificationError):
        Webhook(written(OTHER)).verify(taken.body, {**taken.headers})
    with pytest.raises(WebhookVerificationError):
        Webhook(WRITTEN_SECRET).verify(taken.body + b" ", {**taken.headers})


@pytest.mark.parametrize(
    ("ago", "words"), [(timedelta(minutes=5, seconds=1), "old"), (-timedelta(1), "new")]
)
async def test_what_is_replayed_later_is_refused(
    world: World, ago: timedelta, words: str
) -> None:
    world.clock.time = SystemClock().now() - ago
    await world.tell(event())

    await world.step()

    (taken,) = world.receiver.taken
    with pytest.raises(WebhookVerificationError, match=f"too {words}"):
        Webhook(WRITTEN_SECRET).verify(taken.body, {**taken.headers})


async def test_the_old_secret_is_worth_nothing_after_the_overlap(world: World) -> None:
    world.clock.time = SystemClock().now()
    await world.tell(event())

    await world.dispatcher.step(replace(world.rights, secrets=(OTHER,)))

    (taken,) = world.receiver.taken
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(WRITTEN_SECRET).verify(taken.body, {**taken.headers})
    Webhook(written(OTHER)).verify(taken.body, {**taken.headers})


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
async def test_what_is_signed_can_not_be_changed(world: World, name: str) -> None:
    world.clock.time = SystemClock().now()
    await world.tell(event())

    await world.step()

    (taken,) = world.receiver.taken
    value = taken.headers[name]
    changed = value[:-1] + ("1" if value[-1] != "1" else "2")
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(WRITTEN_SECRET).verify(taken.body, {**taken.headers, name: changed})


async def test_a_retry_has_the_same_id_and_the_time_of_the_attempt(
    world: World,
) -> None:
    world.receiver.answer = failing(500)
    await world.tell(event())
    await world.step()
    world.clock.advance(timedelta(minutes=1))
    await world.step()

    first, second = (one.headers for one in world.receiver.taken)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "must start with whsec_"),
        (WRITTEN_SECRET.removeprefix("whsec_"), "must start with whsec_"),
        ("whsec_nonsense!", "must be base64"),
        (written(SECRET[:23]), "24 to 64 random bytes"),
        (written(bytes(32)), "24 to 64 random bytes"),
        (written(bytes(range(65))), "24 to 64 random bytes"),
    ],
)
def test_a_weak_secret_is_refused_and_not_repeated(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what) as caught:
        read_secret(text)

    assert not text or text not in str(caught.value)


def test_a_secret_is_read() -> None:
    assert read_secret(WRITTEN_SECRET) == SECRET


async def test_the_old_secret_signs_until_the_overlap_ends(world: World) -> None:
    world.clock.time = SystemClock().now()
    ends = world.clock.now() + timedelta(minutes=1)
    rights = replace(world.rights, secrets=(OTHER, SECRET), overlap_until=ends)
    await world.tell(event(), event())
    before = replace(rights, parallelism=1)

    await world.dispatcher.step(before)
    world.clock.time = ends
    await world.dispatcher.step(before)

    first, last = world.receiver.taken
    for secret in (OTHER, SECRET):
        assert Webhook(written(secret)).verify(first.body, {**first.headers})
    assert Webhook(written(OTHER)).verify(last.body, {**last.headers})
    with pytest.raises(WebhookVerificationError):
        Webhook(WRITTEN_SECRET).verify(last.body, {**last.headers})
