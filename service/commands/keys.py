"""The commands that write the keys file."""

from pathlib import Path

import click

from service.kit import private_files
from service.kit.clock import SystemClock
from service.kit.secrets import KeyRing, KeysWrongError


def generate(path: Path) -> None:
    """Write a keys file with one fresh key."""
    ring = KeyRing.fresh(_new_key_id(()))
    try:
        private_files.write_new(path, ring.dump())
    except FileExistsError as error:
        words = f"{path} is there already, and without its keys its data are lost"
        raise KeysWrongError(f"{words}: nothing was written") from error
    click.echo(f"{path} holds the key {ring.primary}. Keep a copy in a safe place.")


def rotate(path: Path) -> None:
    """Put a fresh primary key into a keys file; the old ones stay."""
    ring = KeyRing.parse(path.read_text())
    rotated = ring.rotated(_new_key_id(ring.secrets))
    private_files.replace(path, rotated.dump())
    click.echo(
        f"{path} holds the new primary key {rotated.primary}, and {len(ring.secrets)}"
        " older. Start every process again, then run agegate keys rewrap."
    )


def _new_key_id(known: object) -> str:
    """Return the day as the id of a key, numbered if it is not the day's first."""
    ...
