"""Hashes made in memory of our own are those that everybody else makes."""

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from service.kit.argon2_memory import Argon2InPlace

HASHERS = (
    PasswordHasher(time_cost=1, memory_cost=64, parallelism=1),
    PasswordHasher(
        time_cost=2, memory_cost=999, parallelism=3, hash_len=20, salt_len=9
    ),
)


@pytest.mark.parametrize("hasher", HASHERS)
@pytest.mark.parametrize("password", ["", "violin harbour", "Tür 漢字\x00", "x" * 5000])
def test_the_library_takes_ours_and_we_the_librarys(
    hasher: PasswordHasher, password: str
) -> None:
    ours = Argon2InPlace(hasher.hash("an example"))
    made, theirs = ours.hash(password), hasher.hash(password)
    assert ours.makes(theirs)
    assert hasher.verify(made, password)
    assert ours.verify(theirs, password)
    assert not ours.verify(theirs, f"{password}.")
    with pytest.raises(VerifyMismatchError):
        hasher.verify(made, f"{password}.")


def test_no_two_hashes_of_a_password_are_alike() -> None:
    ours = Argon2InPlace(HASHERS[0].hash("an example"))
    assert ours.hash("violin harbour") != ours.hash("violin harbour")


def test_hashes_of_another_cost_are_left_to_the_library() -> None:
    ours = Argon2InPlace(HASHERS[0].hash("an example"))
    assert not ours.makes(HASHERS[1].hash("violin harbour"))
