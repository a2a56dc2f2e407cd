"""How much work a regular expression can cause: operators write it, strangers feed it.

Python's engine tries one way to match after another. So the ways are counted, too many
rather than too few: a character has one, what follows one another multiplies,
alternatives add up, a repetition may be taken any number of times it allows. Nested
repetitions and alternatives that repeat, ``(a+)+`` and ``(a|aa)+``, come out as
astronomic as they are.
"""

import re
from dataclasses import dataclass
from typing import Final

MOST_WAYS: Final = 1_000_000
"""As many were tried in some ten milliseconds, on patterns that just pass."""

LONGEST_PATTERN: Final = 200

_REPEATED: Final = re.compile(
    r"(?:(?P<sign>[*+?])|\{(?!\})(?P<least>[0-9]*)(?P<comma>,?)(?P<most>[0-9]*)\})"
    r"[?+]?"
)
_OPENED: Final = re.compile(r"\((?:\?(?:[aims]*:|[=!>]|<[=!]|P<\w+>))?")
_ATOM: Final = re.compile(
    r"\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?(?:P=\w+|[aims]+)\)|\\.|[^()|\[]", re.DOTALL
)


class NotCountedError(Exception):
    """The pattern has a part whose ways are not counted here, as a condition."""


def is_costly(pattern: str, *, longest: int) -> bool:
    """Tell whether to match *pattern* on *longest* characters may take too long.

    Errs on the safe side. The pattern has to be one that ``re`` compiles.
    """
    try:
        return _Reading(pattern, longest).ways() > MOST_WAYS
    except NotCountedError:
        return True


@dataclass(slots=True)
class _Reading:
    """Reads a pattern from left to right, and counts as it goes."""

    pattern: str
    longest: int
    at: int = 0

    def ways(self) -> int:
        """Count the ways of every alternative up to the end of this group."""
        before, ways = 0, 1
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                before, ways = before + ways, 1
            else:
                ways = min(ways * self._item(), MOST_WAYS + 1)
        return before + ways

    def _item(self) -> int:
        ways = 1
        if self._take(_ATOM) is None:
            if self._take(_OPENED) is None or self.pattern.startswith("?", self.at):
                raise NotCountedError
            ways = self.ways()
            self.at += 1
        repeated = self._take(_REPEATED)
        return ways if repeated is None else self._times(ways, *_bounds(repeated))

    def _times(self, ways: int, least: int, most: int | None) -> int:
        """Count the ways of something that has *ways*, *least* to *most* times."""
        most = self.longest if most is None else min(most, self.longest)
        if ways == 1:
            return max(most - least, 0) + 1
        total = 0
        for times in range(least, max(least, most) + 1):
            total += ways ** min(times, MOST_WAYS.bit_length())
            if total > MOST_WAYS:
                break
        return total

    def _take(self, what: "re.Pattern[str]") -> "re.Match[str] | None":
        found = what.match(self.pattern, self.at)
        if found is not None:
            self.at = found.end()
        return found


def _bounds(repeated: "re.Match[str]") -> tuple[int, int | None]:
    """Return how often at least and at most; None is without end."""
    match repeated["sign"]:
        case "*":
            return 0, None
        case "+":
            return 1, None
        case "?":
            return 0, 1
        case _:
            least = int(repeated["least"] or 0)
            if not repeated["comma"]:
                return least, least
            return least, int(repeated["most"]) if repeated["most"] else None
