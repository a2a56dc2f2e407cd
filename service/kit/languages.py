"""Which of the languages on offer a person reads (BCP 47, RFC 9110)."""

from collections.abc import Sequence
from typing import Final

from service.domain.languages import find_language

HEADER_LENGTH: Final = 200


def best_language(
    wanted: str | None, header: str | None, offered: Sequence[str]
) -> str:
    """Return the one of *offered* that was asked for by name, or by Accept-Language.

    A language answers for its variants (zh-Hans-CN is zh); the first offered is the
    last resort.
    """
    for tag in (wanted or "", *_by_weight((header or "")[:HEADER_LENGTH])):
        found = find_language(tag, offered)
        if found is not None:
            return found
    return offered[0]


def _by_weight(header: str) -> list[str]:
    weighted = []
    for place, part in enumerate(header.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or "1"), place, tag.strip()))
        except ValueError:
            continue
    return [tag for _, _, tag in sorted(weighted)]
