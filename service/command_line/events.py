"""The commands about what other services are told."""

import sys
from collections.abc import Callable
from typing import ParamSpec
from uuid import UUID

import click

P = ParamSpec("P")


@click.group()
def events() -> None:
    """Look at what other services are told, and help them to receive it."""


@events.command("types")
@click.option("--json", "as_json", is_flag=True, help="With schemas and examples.")
def list_event_types(*, as_json: bool) -> None:
    """Show every type of event that a subscriber can be told.

    With --json, what GET /v1/event-types answers.
    """
    from service.commands import event_types

    event_types.show_types(as_json=as_json)


@events.command("simulate")
@click.option("--to", metavar="URL", required=True, help="Address of the receiver.")
@click.option(
    "--secret",
    metavar="whsec_…",
    help="What to sign with; of the subscriber with this address unless given.",
)
@click.option(
    "--type",
    "kinds",
    multiple=True,
    help="Only these, such as account.opened or consent.*; may be repeated.",
)
@click.option(
    "--allow-private",
    is_flag=True,
    help="Let the receiver be in our own networks, and without TLS.",
)
def simulate_events(
    *, to: str, secret: str | None, kinds: tuple[str, ...], allow_private: bool
) -> None:
    """Try out a receiver with a signed sample of every type of event.

    One comes twice, which a receiver takes and counts once; one is forged, one altered
    and one replayed, which it must refuse. All tell of a person who does not exist.
    Prints what was answered; fails where a correct receiver answers otherwise.
    """
    from service.commands import event_types, running

    right = running.run(
        event_types.simulate(
            to, secret=secret, kinds=kinds, allow_private=allow_private
        )
    )
    if not right:
        sys.exit(1)


def _which(command: Callable[P, None]) -> Callable[P, None]:
    """Give *command* the options that say which deliveries are meant."""
    for option in (
        click.option("--until", metavar="TIME", help="Of events before then."),
        click.option("--since", metavar="TIME", help="Of events from then on."),
        click.option("--subscriber", help="Owed to this subscriber."),
        click.option("--type", "kind", help="Of this type, or a family: account.*"),
        click.option("--subject", type=click.UUID, help="Of this account."),
        click.option("--event", type=click.UUID, help="Of this event."),
    ):
        command = option(command)
    return command


STATE = click.Choice(["pending", "dead", "delivered", "nobody"])


@events.command("list")
@_which
@click.option("--state", type=STATE, help="In this state.")
@click.option("--limit", "most", type=click.IntRange(1, 100_000), default=100)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_events(
    *, state: str | None, most: int, as_json: bool, **which: object
) -> None:
    """Show deliveries, newest first: what was told, to whom, and how that stands.

    pending waits for its turn or its next attempt; dead was tried for as long as the
    subscriber's time of retries; nobody was entitled. TIME is ISO 8601, in UTC unless
    it says otherwise.
    """
    from service.commands import events, running

    chosen = events.read_which(which)
    running.run(events.list_deliveries(chosen, state=state, most=most, as_json=as_json))


@events.command("show")
@click.argument("event", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def show_event(event: UUID, *, as_json: bool) -> None:
    """Show one event: what it tells, its deliveries, and who has acknowledged it."""
    from service.commands import events, running

    running.run(events.show_event(event, as_json=as_json))


@events.command("replay")
@_which
@click.option("--delivered", is_flag=True, help="Send again what was delivered.")
@click.option("--all", "everything", is_flag=True, help="All dead letters there are.")
def replay_events(*, delivered: bool, everything: bool, **which: object) -> None:
    """Send dead letters again, in order, with the same ids and numbers.

    Each is tried for the whole time of retries again; what was held back behind it
    follows. With --delivered, what a subscriber has taken and lost.
    """
    from service.commands import events, running

    if not (everything and not delivered) and not any(which.values()):
        raise click.UsageError("say which, or --all dead letters")
    running.run(events.replay(events.read_which(which), delivered=delivered))


@events.command("retry")
@_which
def retry_events(**which: object) -> None:
    """Try at once what waits for its next attempt, all unless you say which."""
    from service.commands import events, running

    running.run(events.retry(events.read_which(which)))


@events.command("drop")
@_which
@click.option("--state", type=click.Choice(["pending", "dead"]), help="In this state.")
@click.option("--reason", required=True, help="Why; it stands in the action log.")
def drop_events(*, state: str | None, reason: str, **which: object) -> None:
    """Never send these to their subscriber; what is held back behind them goes.

    What must be acknowledged stays open: see release. Name no person in the reason.
    """
    from service.commands import events, running

    if not (which["event"] or which["subject"] or which["subscriber"]):
        raise click.UsageError("say which --event, --subject or --subscriber")
    running.run(events.drop(events.read_which(which), state=state, reason=reason))


@events.command("open")
@click.option("--subscriber", help="That wait for this subscriber.")
@click.option("--limit", "most", type=click.IntRange(1, 100_000), default=100)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_open(*, subscriber: str | None, most: int, as_json: bool) -> None:
    """Show the erasures and withdrawals that somebody has not acknowledged yet."""
    from service.commands import events, running

    running.run(events.list_open(subscriber, most=most, as_json=as_json))


@events.command("release")
@click.option("--subscriber", required=True, help="Who is waited for no more.")
@click.option("--event", type=click.UUID, help="With this event; else all.")
@click.option("--reason", required=True, help="Why; it stands in the action log.")
def release(subscriber: str, *, event: UUID | None, reason: str) -> None:
    """Wait no more for a subscriber to acknowledge erasures and withdrawals.

    For one that has left the file; of one that is still in it, say which --event. The
    certificate names who was released. Name no person in the reason.
    """
    from service.commands import events, running

    running.run(events.release(subscriber, event, reason=reason))
