"""The commands that help whoever writes a receiver of events."""

import click

from service.domain.event_types import EVENT_TYPES
from service.domain.events import EventType
from service.outbox.catalogue import catalogue
from service.settings import Settings


def show_types(*, as_json: bool) -> None:
    """Print every type of event, in a line or as receivers get it."""
    if as_json:
        click.echo(catalogue(Settings.read().base_url))
        return
    width = max(map(len, EventType))
    for event_type in EventType:
        click.echo(f"{event_type:<{width}}  {EVENT_TYPES[event_type].summary}")
