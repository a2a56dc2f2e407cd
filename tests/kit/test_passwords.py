"""Whatever is stored, or nothing: looking at a password costs the same."""

import secrets
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import pytest
from argon2 import PasswordHasher

from service.kit.passwords import Passwords

RIGHT, WRONG = "correct horse battery staple", "correct horse battery stable"
PASSES, MEMORY = 3, 1024


class Worked(NamedTuple):
    """One hash that was worked out."""

    passes: int
    memory: int


worked: list[Worked] = []


class Counted(PasswordHasher):
    """Argon2id as it is, and a note of what each hash costs."""

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        worked.append(Worked(self.time_cost, self.memory_cost))
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
        fields = dict(one.split("=") for one in str(hash).split("$")[3].split(","))
        worked.append(Worked(int(fields["t"]), int(fields["m"])))
        return super().verify(hash, password)


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    hasher = Counted(time_cost=PASSES, memory_cost=MEMORY, parallelism=1)
    made = Passwords(hasher, workers=1, queue=0)
    worked.clear()
    yield made
    made.close()


def at(passes: int, memory: int) -> Callable[[str], str]:
    return PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=1).hash


@pytest.mark.parametrize("typed", [RIGHT, WRONG])
@pytest.mark.parametrize(
    ("passes", "memory"), [(1, 8), (1, 1000), (2, 1024), (3, 512), (3, 1023), (5, 600)]
)
async def test_a_hash_of_a_lower_cost_takes_as_much_work(
    passwords: Passwords, passes: int, memory: int, typed: str
) -> None:
    assert await passwords.verify(at(passes, memory)(RIGHT), typed) is (typed == RIGHT)
    assert worked[0] == (passes, memory)
    assert len(worked) == 2
    spent = sum(one.passes * one.memory for one in worked)
    assert 0 <= spent - PASSES * MEMORY <= 8
    assert max(one.memory for one in worked) <= MEMORY


@pytest.mark.parametrize(
    "stored", [at(PASSES, MEMORY)(RIGHT), None], ids=["todays", "nobodys"]
)
async def test_todays_cost_and_nobody_take_one_hash(
    passwords: Passwords, stored: str | None
) -> None:
    assert not await passwords.verify(stored, WRONG)
    assert worked == [(PASSES, MEMORY)]


async def test_what_is_no_hash_takes_as_much_work(passwords: Passwords) -> None:
    torn = at(PASSES, MEMORY)(RIGHT).replace("$argon2id$", f"${secrets.token_hex(4)}$")
    assert not await passwords.verify(torn, WRONG)
    assert worked[-1] == (PASSES, MEMORY)
