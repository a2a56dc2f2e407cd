"""The commands that show deliveries, and do something about them."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import click

from service.commands.files import print_table
from service.commands.running import open_migrated_pool
from service.deliveries.flows import DeliveryFlows
from service.deliveries.schemas import line, obligation, show
from service.domain.refusals import EventUnknown
from service.kit.clock import SystemClock
from service.kit.times import instant
from service.outbox.desk import Line, Which
from service.parts import Given, join, make_passwords
from service.settings import Settings

HEADS: Final = (
    "TIME",
    "TYPE",
    "SUBJECT",
    "NO.",
    "SUBSCRIBER",
    "STATE",
    "TRIES",
    "LAST",
    "EVENT",
)

OPEN_HEADS: Final = ("SINCE", "TYPE", "SUBJECT", "OVERDUE", "WAITS FOR", "EVENT")


async def list_deliveries(
    which: Which, *, state: str | None, most: int, as_json: bool
) -> None:
    """Print the newest deliveries that are meant, newest first."""
    async with _flows() as flows:
        found = await flows.look(which, state=state, most=most)
    if as_json:
        for one in found:
            click.echo(json.dumps(line(one)))
        return
    _print_table(found)
    if len(found) == most:
        click.echo(f"There may be more than these {most}: see --limit.", err=True)


async def show_event(event_id: UUID, *, as_json: bool) -> None:
    """Print all there is to know of an event."""
    async with _flows() as flows:
        try:
            shown = await flows.show(event_id)
        except EventUnknown:
            raise click.ClickException(f"there is no event {event_id}") from None
    if as_json:
        click.echo(json.dumps(show(shown)))
        return
    _print_table(shown.lines)
    if shown.event is not None:
        click.echo(f"\n{json.dumps(shown.event.data, indent=2, ensure_ascii=False)}")
    if shown.obligation is None:
        return
    click.echo("\nTo be acknowledged by")
    for one in shown.obligation.acknowledgements:
        done = "not yet" if one.at is None else f"{instant(one.at)} ({one.means})"
        click.echo(f"  {one.subscriber}: {done}")
    if shown.obligation.closed_at is not None:
        word = "genuine" if shown.genuine else "NOT GENUINE"
        at = instant(shown.obligation.closed_at)
        click.echo(f"Closed {at}; the certificate is {word}.")
    elif shown.obligation.overdue_at is not None:
        click.echo(f"Overdue since {instant(shown.obligation.overdue_at)}.")


async def replay(which: Which, *, delivered: bool) -> None:
    """Send dead letters again, or what was delivered."""
    async with _flows() as flows:
        count = await flows.replay(which, delivered=delivered)
    click.echo(f"{count} deliveries are sent again.")


async def retry(which: Which) -> None:
    """Let what waits for its next attempt have it now."""
    async with _flows() as flows:
        count = await flows.retry(which)
    click.echo(f"{count} deliveries are tried at once.")


async def drop(which: Which, *, state: str | None, reason: str) -> None:
    """Give deliveries up for good."""
    async with _flows() as flows:
        count = await flows.drop(which, state=state, reason=reason)
    click.echo(f"{count} deliveries are dropped, and the action log says why.")


async def list_open(subscriber: str | None, *, most: int, as_json: bool) -> None:
    """Print what somebody has not acknowledged, oldest first."""
    async with _flows() as flows:
        found = await flows.obligations.look(subscriber, most=most)
    if as_json:
        for one in found:
            told = {"event_id": str(one.event_id), **obligation(one, genuine=False)}
            click.echo(json.dumps(told))
        return
    rows = [
        (
            instant(one.opened_at),
            one.event_type,
            str(one.subject_id),
            "-" if one.overdue_at is None else instant(one.overdue_at),
            ",".join(one.missing),
            str(one.event_id),
        )
        for one in found
    ]
    print_table(OPEN_HEADS, rows)


async def release(subscriber: str, event_id: UUID | None, *, reason: str) -> None:
    """Wait no more for a subscriber; of one that is still told, for one event alone."""
    async with _flows() as flows:
        told = flows.obligations.outbox.subscribers.every
        if event_id is None and subscriber in {one.name for one in told}:
            raise click.UsageError(f"{subscriber} is still told: say which --event")
        count = await flows.obligations.release(subscriber, event_id, reason=reason)
    click.echo(
        f"{count} events wait for {subscriber} no more, and the action log says why."
    )


def read_which(given: Mapping[str, object]) -> Which:
    """Return which deliveries are meant by the options of a command."""
    event, subject = given["event"], given["subject"]
    return Which(
        event_id=event if isinstance(event, UUID) else None,
        subject_id=subject if isinstance(subject, UUID) else None,
        kind=_text(given["kind"]),
        subscriber=_text(given["subscriber"]),
        since=_read_instant(_text(given["since"])),
        until=_read_instant(_text(given["until"])),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _read_instant(text: str | None) -> datetime | None:
    """Return an instant in ISO 8601, in UTC unless it says otherwise."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is not a time in ISO 8601") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@asynccontextmanager
async def _flows() -> AsyncGenerator[DeliveryFlows]:
    settings = Settings.read()
    given = Given.read(settings)
    async with open_migrated_pool(settings) as pool:
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        yield parts.deliveries
        passwords.close()


def _print_table(lines: Sequence[Line]) -> None:
    rows = [
        (
            instant(one.occurred_at),
            one.type,
            str(one.subject_id),
            str(one.sequence),
            one.subscriber or "-",
            one.state,
            str(one.attempts),
            "-" if one.last_status is None else str(one.last_status),
            str(one.event_id),
        )
        for one in lines
    ]
    print_table(HEADS, rows)
