"""The edge cases of ages, guardians and consent: each by its name, with what proves it.

edge_cases.toml lists them. Most are proven where the rest of their subject is: a test
that is renamed, deleted or skipped for good fails here. The others are proven below.
"""

import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from service.domain.consent import Relation
from service.domain.guardian_contacts import by_email
from service.gate.metrics import DECLARED
from tests.minors.test_minors import EMAIL, a_proven_adult
from tests.pages.family import Family
from tests.pages.journeys import MOTHER, child_waiting
from tests.support.applicants import code_in
from tests.support.couples import DAD
from tests.support.invariants import broken
from tests.support.service import PASSWORD, Service
from tests.support.wards import a_ward

CHILD = "2015-05-17"

TABLE: Final = tomllib.loads((Path(__file__).parent / "edge_cases.toml").read_text())
PROVEN: Final = TABLE["proven"]
MISSING: Final = TABLE["missing"]
ROWS: Final = 36
AT_MOST_MISSING: Final = {
    "a platform says that somebody is younger",
    "a restored backup",
}


@pytest.mark.parametrize("row", PROVEN)
def test_the_edge_case_is_proven(row: str) -> None:
    assert PROVEN[row]
    for proof in PROVEN[row]:
        file, _, name = proof.partition(".py::")
        test = getattr(import_module(file.replace("/", ".")), name, None)
        assert callable(test), proof
        marks = {one.name for one in getattr(test, "pytestmark", ())}
        assert not marks & {"skip", "xfail"}, proof


def test_every_edge_case_is_proven_or_said_to_be_missing() -> None:
    assert len(PROVEN) + len(MISSING) == ROWS
    assert not PROVEN.keys() & MISSING.keys()
    assert MISSING.keys() <= AT_MOST_MISSING


async def test_birth_dates_on_new_years_day_are_counted(service: Service) -> None:
    def counted() -> list[float]:
        found = {
            sample.labels["new_year"]: sample.value
            for metric in DECLARED.collect()
            for sample in metric.samples
            if sample.labels["app"] == "plain"
        }
        return [found.get("yes", 0), found.get("no", 0)]

    before = counted()
    for born in ("1990-01-01", "1990-05-17", "2020-01-01"):
        await service.check_age("plain", date_of_birth=born)

    assert counted() == [before[0] + 2, before[1] + 1]


@pytest.mark.parametrize("shared", [True, False])
async def test_a_family_may_share_a_device_and_it_is_written_down(
    service: Service, *, shared: bool
) -> None:
    family = Family(*await child_waiting(service))
    if shared:
        link = (await service.send_messages()).link_for(MOTHER)
        family.guardian = family.child.visitor
        family.page = await family.guardian.get(f"/guardian/{link}")
    else:
        await family.open()

    page = await family.answer("give", code=family.code, adult="yes")

    assert (page.status, await service.count("account")) == (200, 1)
    told = await service.pool.fetchval(
        "SELECT detail->>'same_browser' FROM audit_entry"
        " WHERE action = 'consent.answered'"
    )
    assert told == ("yes" if shared else "no")


async def test_whoever_is_turned_away_may_still_sign_in_to_what_they_have(
    service: Service,
) -> None:
    await a_proven_adult(service)
    told = await service.post("/v1/apps/platform/age-checks", {"date_of_birth": CHILD})
    assert (await told.json())["decision"] == "turn_away"
    cookie = "; ".join(f"{one.key}={one.value}" for one in told.cookies.values())

    answer = await service.post(
        "/v1/apps/platform/sessions",
        {"identifier": EMAIL, "password": PASSWORD},
        headers={"Cookie": cookie},
    )

    assert answer.status == 200


async def test_after_the_only_guardian_is_gone_another_one_is_asked(
    service: Service,
) -> None:
    ward = await a_ward(service)
    parts, mum = service.parts, await ward.guardian_id()
    await parts.disqualified.remove(ward.account_id, mum, "died")
    assert (await ward.account())["suspended_for"] == "consent"

    named = by_email(DAD)
    await parts.minors.ask_guardian(
        ward.account_id, named, Relation.LEGAL_GUARDIAN, "en"
    )
    letter, code = (await service.send_messages()).to(DAD)
    link = re.search(r"/guardian/([\w-]{43})", letter)
    assert link is not None
    body = {"link_token": link[1], "answer": "give", "adult": True}
    alone = await service.post("/v1/consent-requests/answer", body)
    assert (await alone.json())["code"] == "match_code_wrong"
    body["match_code"] = code_in(code)
    given = await service.post("/v1/consent-requests/answer", body)

    assert given.status == 200, await given.text()
    assert (await ward.account())["state"] == "active"
    late = await service.post("/v1/consents/open", {"link_token": ward.link})
    assert late.status == 404
    reasons = await service.pool.fetch(
        "SELECT action FROM audit_entry WHERE action LIKE 'guardian.%' ORDER BY 1"
    )
    assert {"guardian.named", "guardian.removed"} <= {row["action"] for row in reasons}
    assert await broken(service.pool) == []
