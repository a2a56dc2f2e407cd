"""The places a person can say they live in, with their names."""

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, cast

from service.pages.words import TEXTS, ZH, Language
from service.profiles.jurisdictions import read_jurisdictions

Names = Mapping[str, str]

FILE: Final = TEXTS / "countries.toml"


@cache
def places(language: Language) -> Sequence[tuple[str, str]]:
    """Return the code and name of each country, and of each part with a law of its own.

    In the order in which *language* looks a name up: GB 18030 begins with the usual
    characters in the order of their sounds.
    """
    law = read_jurisdictions()
    own = cast("Mapping[str, Names]", tomllib.loads(FILE.read_text(encoding="utf-8")))
    names = {code: country.name for code, country in law.countries.items()}
    names |= own["en"]
    names |= {
        code: f"{names[code[:2]]}: {name}"
        for code, name in law.names.items()
        if code not in law.countries
    }
    if language == ZH:
        names |= own["zh"]
    return sorted(names.items(), key=lambda one: _order(one[1], language))


def _order(name: str, language: Language) -> bytes:
    if language == ZH:
        return name.encode("gb18030")
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").lower()
