"""How far the clock can be moved: durations of ISO 8601, years and months included."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

DURATION: Final = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?"
    r"(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?"
    r"(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
FARTHEST: Final = 100
TOO_FAR: Final = f"must lead forwards, by {FARTHEST} years at the most"

CLOSE: Final = timedelta(days=40)
DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)


def later(start: datetime, duration: str) -> datetime:
    """Return the instant *duration* after *start*, or raise ValueError.

    31 January and P1M lead to the last day of February.
    """
    found = DURATION.fullmatch(duration)
    if found is None:
        raise ValueError("must be a duration such as P14D, PT30M or P10Y")
    number = {unit: int(digits) for unit, digits in found.groupdict("0").items()}
    months = start.month - 1 + 12 * number.pop("years") + number.pop("months")
    year, month = start.year + months // 12, months % 12 + 1
    if year > start.year + FARTHEST:
        raise ValueError(TOO_FAR)
    day = min(start.day, monthrange(year, month)[1])
    end = start.replace(year=year, month=month, day=day) + timedelta(**number)
    if not start < end or end.year > start.year + FARTHEST:
        raise ValueError(TOO_FAR)
    return end


def stops(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield instants on the way from *start* to *end*, and *end* at last.

    Every day at first, while somebody's registration may be waiting; then months.
    """
    at = start
    while (at := at + (DAY if at - start < CLOSE else MONTH)) < end:
        yield at
    yield end
