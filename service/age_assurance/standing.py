"""How an appeal by proof stands, as its holder is shown it."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.appeals import Appeal
from service.domain.profiles import ProofMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a holder's appeal stands, and how they can go on with it.

    *ways* are how a proof can be begun now: none where an operator decides, or where
    the tries are used up. *reviewed* tells whether there is anything to appeal against.
    """

    reviewed: bool
    appeal: Appeal | None
    ways: Sequence[ProofMethod]
    tries_left: int
    under_way: bool
    href: str | None = None
