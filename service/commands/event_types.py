"""The commands that help whoever writes a receiver of events."""

from collections.abc import Sequence
from typing import assert_never

import click

from service.domain.event_types import EVENT_TYPES
from service.domain.events import EventType, is_among
from service.domain.profiles import LegalGround
from service.kit.clock import SystemClock
from service.outbox.addresses import mistake_in
from service.outbox.catalogue import catalogue
from service.outbox.reader import read_file
from service.outbox.schemas import TYPES
from service.outbox.signing import read_secret
from service.outbox.simulation import Tried, make_samples
from service.outbox.simulation import simulate as run_samples
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Failed, Outcome
from service.outbox.webhooks import open_webhooks
from service.settings import Settings


def show_types(*, as_json: bool) -> None:
    """Print every type of event, in a line or as receivers get it."""
    if as_json:
        click.echo(catalogue(Settings.read().base_url))
        return
    width = max(map(len, EventType))
    for event_type in EventType:
        click.echo(f"{event_type:<{width}}  {EVENT_TYPES[event_type].summary}")


async def simulate(
    to: str,
    *,
    secret: str | None,
    kinds: Sequence[str],
    allow_private: bool,
) -> bool:
    """Send samples to a receiver, print what it answered, tell whether it is right."""
    settings = Settings.read()
    receiver = _receiver(to, secret, settings, private=allow_private)
    samples = make_samples(
        _types(kinds),
        secret=receiver.secrets[0],
        base_url=settings.base_url,
        at=SystemClock().now(),
    )
    width = max(len(one.words) for one in samples)
    click.echo(f"{'SENT':<{width}}  {'EXPECTED':<8}  ANSWERED")
    wrong = 0
    async with open_webhooks() as transport:
        async for tried in run_samples(transport, receiver, samples):
            wrong += not tried.right
            expected = "taken" if tried.sample.genuine else "refused"
            click.echo(f"{tried.sample.words:<{width}}  {expected:<8}  {_said(tried)}")
    click.echo()
    click.echo(f"{wrong} answers are wrong." if wrong else "Every answer is right.")
    return not wrong


def _said(tried: Tried) -> str:
    match tried.answer:
        case Delivered(status=status):
            words = f"taken ({status})"
        case Failed(outcome=Outcome.REFUSED, status=status):
            words = f"refused ({status})"
        case Failed(outcome=Outcome.UNREACHABLE):
            words = "can't be reached, or is at an address that events may not go to"
        case Failed(outcome=outcome):
            words = outcome.replace("_", " ")
        case _:
            assert_never(tried.answer)
    return words if tried.right else f"{words}  <- WRONG"


def _receiver(
    url: str, secret: str | None, settings: Settings, *, private: bool
) -> Subscriber:
    """Return who is tried out, as a subscriber to nothing yet."""
    mistake = mistake_in(url, insecure=True, private=private)
    schemes = ("https://", "http://") if private else ("https://",)
    if not url.startswith(schemes):
        mistake = f"must begin with {' or '.join(schemes)}"
    if mistake:
        raise click.BadParameter(mistake, param_hint="--to")
    return Subscriber(
        name="simulated",
        url=url,
        secrets=(_secret(url, secret, settings),),
        types=(),
        apps=(),
        legal_ground=LegalGround.CONTRACT,
        region="",
        allow_insecure=private,
        allow_private=private,
    )


def _secret(url: str, written: str | None, settings: Settings) -> bytes:
    """Return the secret that was given, or that the subscribers' file has for *url*."""
    if written is not None:
        try:
            return read_secret(written)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--secret") from None
    file = settings.subscribers_file
    for one in () if file is None else read_file(file):
        if one.url == url:
            return one.secrets[0]
    raise click.BadParameter(
        "is needed: no subscriber in AGEGATE_SUBSCRIBERS_FILE has this address",
        param_hint="--secret",
    )


def _types(kinds: Sequence[str]) -> list[EventType]:
    """Return the types that are named, by themselves or by their family."""
    if not TYPES.issuperset(kinds):
        raise click.BadParameter(
            "must be an event like account.opened, or account.*", param_hint="--type"
        )
    return [one for one in EventType if not kinds or is_among(one, kinds)]
