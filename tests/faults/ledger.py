"""What the database holds, against what clients were told and the receiver was."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from tests.faults.clients import Person, Told
from tests.faults.databases import Database
from tests.faults.receiver import Receiver
from tests.support.processes import eventually

OPENED: Final = frozenset(
    {
        "registration.started",
        "age.decided",
        "registration.completed",
        "account.opened",
        "policy.accepted",
    }
)
PATIENCE: Final = 120.0
ENDED: Final = frozenset({"registration.started", "age.decided", "registration.ended"})


@dataclass(frozen=True)
class Findings:
    """What was found: all but *signed_up*, *events* and *duplicates* must be none."""

    signed_up: int
    events: int
    lost: int
    doubled: int
    false_answers: int
    incomplete: int
    undelivered: int
    phantoms: int
    out_of_order: int
    forged: int
    duplicates: int

    @property
    def wrong(self) -> dict[str, int]:
        """Return what must not be, where it is."""
        counted = {
            "acknowledged and lost": self.lost,
            "accounts too many": self.doubled,
            "false answers": self.false_answers,
            "changes that lack an event": self.incomplete,
            "events not delivered": self.undelivered,
            "events of nothing": self.phantoms,
            "events out of order": self.out_of_order,
            "signatures refused": self.forged,
        }
        return {what: count for what, count in counted.items() if count}

    @property
    def share_doubled(self) -> float:
        """Return how many deliveries were repeats, of a hundred events."""
        return 100 * self.duplicates / max(self.events, 1)


async def everything_delivered(database: Database, receiver: Receiver) -> None:
    """Return when the receiver has taken each event that was committed."""

    async def delivered() -> bool | None:
        rows = await database.run("SELECT event_id::text AS id FROM outbox_event")
        return ({row["id"] for row in rows} <= receiver.ids) or None

    await eventually(delivered, seconds=PATIENCE)


async def compare(
    database: Database, told: Told, receiver: Receiver, people: list[Person]
) -> Findings:
    """Return what is wrong after everything has come to rest."""
    accounts = await _ids(database, "SELECT account_id FROM account")
    open_ones = await _ids(database, "SELECT registration_id FROM registration")
    ends = await _ids(database, "SELECT registration_id FROM registration_end")
    rows = await database.run(
        "SELECT event_id::text AS id, subject_id::text AS subject, event_type"
        " FROM outbox_event"
    )
    types: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        types[row["subject"]].append(row["event_type"])
    known = accounts | open_ones | ends
    by_number = {one.number: one for one in people}
    opened = {
        held for number, held in told.registered.items()
        if not by_number[number].gives_up
    }  # fmt: skip
    gone = {told.registered[number] for number in told.gone}
    incomplete = [
        subject
        for subject, wanted in (
            *((one, OPENED) for one in opened),
            *((one, ENDED) for one in gone),
        )
        if sorted(types[subject]) != sorted(wanted)
    ]
    events = {row["id"] for row in rows}
    return Findings(
        signed_up=len(told.registered),
        events=len(events),
        lost=len(opened - accounts)
        + len(gone - (ends - accounts))
        + len({*told.registered.values()} - known),
        doubled=len(known) - len({*told.registered.values()}),
        false_answers=len(told.wrong) + len(people) - len(told.registered),
        incomplete=len(incomplete),
        undelivered=len(events - receiver.ids),
        phantoms=len(receiver.ids - events),
        out_of_order=receiver.out_of_order,
        forged=receiver.forged,
        duplicates=receiver.duplicates,
    )


async def _ids(database: Database, sql: str) -> set[str]:
    return {str(row[0]) for row in await database.run(sql)}
