"""The operators' promises by their ids, and which test proves which."""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final, TypeVar

T = TypeVar("T", bound=Callable[..., object])

# How many promises there are of Terran Studio, Terra Maestro, TerraQuanta, the
# communication platform and the plain policy.
NUMBERS: Final = {"TS": 9, "TM": 20, "TQ": 10, "CP": 11, "PP": 5}

PROMISES: Final = frozenset(
    f"{operator}-{number}"
    for operator, count in NUMBERS.items()
    for number in range(1, count + 1)
)

FILES: Final = {
    "TS": "test_terran_studio",
    "TM": "test_terra_maestro",
    "TQ": "test_terraquanta",
    "CP": "test_platform",
    "PP": "test_plain",
}

_MARK: Final = "keeps_promise"


def keeps(promise: str) -> Callable[[T], T]:
    """Say of a test that it proves *promise*, or a part of it."""
    if promise not in PROMISES:
        raise ValueError(f"there is no promise {promise}")

    def mark(test: T) -> T:
        setattr(test, _MARK, promise)
        return test

    return mark


def proven() -> Iterator[tuple[str, str, str]]:
    """Yield each promise that a test proves, with the operator whose file it is in."""
    for operator, name in FILES.items():
        module = import_module(f"tests.policies.{name}")
        for test, function in vars(module).items():
            if test.startswith("test_") and hasattr(function, _MARK):
                yield operator, test, getattr(function, _MARK)
