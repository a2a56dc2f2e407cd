"""The commands that check what an operator wrote, and show what is set."""

from pathlib import Path

import click

from service.outbox.reader import read_subscribers
from service.profiles.reader import read_profiles
from service.settings import Settings, SettingWrongError, table


def check_profiles(directory: Path | None, *, development: bool) -> None:
    """Read every profile, or raise FilesWrong with every mistake."""
    profiles = read_profiles(
        directory or profiles_directory(Settings.read()),
        providers=None if development else (),
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
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
