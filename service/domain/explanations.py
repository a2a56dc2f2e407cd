"""A decision of the gate in words: neutral for the applicant, complete on the record.

An applicant is not told the limit, so that nobody learns which age to answer (FTC,
neutral age screen); on demand, the stored reason says everything (TM-11).
"""

from dataclasses import asdict, dataclass
from enum import StrEnum

from service.domain.decisions import Decision, Reason
from service.domain.explanation_texts import (
    CLAUSE,
    LAW,
    ON_RECORD,
    PLACE,
    SOURCE,
    TO_APPLICANT,
    Words,
)
from service.domain.languages import in_language
from service.domain.profiles import Contact


class Audience(StrEnum):
    """Who reads an explanation."""

    APPLICANT = "applicant"
    RECORD = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the gate decided, in one sentence, and what a person should know of it."""

    summary: str
    details: tuple[str, ...]


def explain(
    subject: Decision | Reason,
    language: str,
    *,
    contact: Contact,
    audience: Audience = Audience.APPLICANT,
) -> Explanation:
    """Explain a decision, or the reason stored with it, in plain words.

    *language* is a BCP 47 tag; a language we don't have is answered in English.
    *contact* says where a person can appeal.
    """
    reason = subject if isinstance(subject, Reason) else subject.reason
    if audience is Audience.RECORD:
        words = [ON_RECORD[reason.rule], *_sources(reason)]
    else:
        words = [*TO_APPLICANT[reason.rule]]
    facts = {**asdict(reason), "appeals": contact.appeals}
    summary, *details = (in_language(one, language).format_map(facts) for one in words)
    return Explanation(summary=summary, details=tuple(details))


def _sources(reason: Reason) -> list[Words]:
    """Return where a reason comes from: the policy or the law, and its version."""
    words: list[Words] = [CLAUSE] if reason.clause != reason.law else []
    if reason.law is not None:
        words.append(LAW)
    if reason.jurisdiction is not None:
        words.append(PLACE)
    return [*words, SOURCE]
