"""The commands that check what an operator wrote, and show what is set."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from service.age_assurance.http_provider import configured
from service.outbox.reader import read_subscribers
from service.outbox.subscribers import Subscriber
from service.profiles.reader import read_profiles
from service.settings import Settings, SettingWrongError, table


def check_profiles(directory: Path | None, *, development: bool) -> None:
    """Read every profile, or raise FilesWrong with every mistake."""
    settings = Settings.read()
    profiles = read_profiles(
        directory or profiles_directory(settings),
        providers=None if development else configured(settings),
        texts=None if development else bool(settings.sms_url),
    )
    click.echo(f"{len(profiles)} profiles are right: {', '.join(profiles)}")


def check_subscribers(file: Path | None) -> None:
    """Read the subscribers, or raise FilesWrong with every mistake."""
    settings = Settings.read()
    path = file or settings.subscribers_file
    subscribers = read_subscribers(path, read_profiles(profiles_directory(settings)))
    names = [one.name for one in subscribers.every]
    if path is None:
        click.echo("AGEGATE_SUBSCRIBERS_FILE is not set: nobody is told of events.")
    else:
        click.echo(f"{len(names)} subscribers are right: {', '.join(names)}")


def show_subscribers() -> None:
    """Print a table of the subscribers, or raise FilesWrong with every mistake."""
    settings = Settings.read()
    profiles = read_profiles(profiles_directory(settings))
    every = read_subscribers(settings.subscribers_file, profiles).every
    if not every:
        click.echo("There are no subscribers: nobody is told of events.")
        return
    heads = (
        *("NAME", "ADDRESS", "TYPES", "APPS", "GROUND", "REGION", "TRANSFER"),
        *("SECRETS", "RETRIES", "TIMEOUT", "AT ONCE", "ACKNOWLEDGES BY"),
    )
    print_table(heads, [_row(one) for one in every])


def _row(one: Subscriber) -> tuple[str, ...]:
    parts = urlsplit(one.url)
    overlap = "" if one.overlap_until is None else f" till {one.overlap_until:%Y-%m-%d}"
    return (
        one.name,
        f"{parts.scheme}://{parts.netloc}",
        ",".join(one.types),
        ",".join(one.apps),
        one.legal_ground,
        one.region,
        one.transfer_mechanism or "-",
        f"{len(one.secrets)}{overlap}",
        f"{one.retry_hours} h",
        f"{one.timeout_seconds:g} s",
        str(one.parallelism),
        "delivery" if one.acknowledges_by_delivery else "request",
    )


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below their heads, each column as wide as it needs to be."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def profiles_directory(settings: Settings) -> Path:
    """Return where the profiles are."""
    if settings.profiles_dir is None:
        raise SettingWrongError("AGEGATE_PROFILES_DIR is not set")
    return settings.profiles_dir


def show_settings() -> None:
    """Print the table of all settings."""
    heads = ("SETTING", "VALUE", "DEFAULT", "FROM", "WHAT IT IS")
    rows = [
        (one.variable, one.value, one.default, one.source, one.words) for one in table()
    ]
    print_table(heads, rows)
