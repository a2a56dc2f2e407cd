"""The commands that make, rotate and apply the operator's keys."""

from collections.abc import Container
from itertools import count
from pathlib import Path

import click

from service.commands.running import open_migrated_pool
from service.kit import private_files
from service.kit.clock import SystemClock
from service.kit.secrets import KeyRing, KeysWrongError
from service.settings import Settings, SettingWrongError
from service.vault.flows import Vault


def generate(path: Path) -> None:
    """Write a keys file with one fresh key."""
    ring = KeyRing.fresh(new_key_id(()))
    try:
        private_files.write_new(path, ring.dump())
    except FileExistsError as error:
        raise KeysWrongError(f"{path} exists already: nothing was written") from error
    click.echo(
        f"{path} holds the new key {ring.primary}. Keep a copy in a safe place:"
        " without it the data can't be read."
    )


def rotate(path: Path) -> None:
    """Put a fresh key into a keys file, known to be read and not used yet."""
    ring = KeyRing.parse(path.read_text(errors="replace"))
    if ring.waiting:
        raise KeysWrongError(
            f"{path} holds a key that waits, {ring.waiting[-1]}: start every process"
            " again, then run agegate keys promote"
        )
    fresh = new_key_id(ring.secrets)
    private_files.replace(path, ring.with_key(fresh).dump())
    click.echo(
        f"{path} holds the new key {fresh}, which waits; {ring.primary} stays the"
        " primary key. Start every process again, so that each can read what the new"
        f" key makes; then run agegate keys promote {path}."
    )


def promote(path: Path) -> None:
    """Make the newest key of a keys file the primary one; the others stay."""
    ring = KeyRing.parse(path.read_text(errors="replace"))
    if not ring.waiting:
        raise KeysWrongError(
            f"{path}: no key waits to be promoted, {ring.primary} is the newest and"
            " the primary key already"
        )
    promoted = ring.promoted()
    private_files.replace(path, promoted.dump())
    click.echo(
        f"{path} has {promoted.primary} as its primary key now. Start every process"
        " again, then run agegate keys rewrap."
    )


async def rewrap(settings: Settings) -> None:
    """Wrap every data key by the primary key."""
    ring = read(settings)
    async with open_migrated_pool(settings) as pool:
        changed = await Vault(keys=ring).rewrap(pool)
    click.echo(f"Wrapped {changed} data keys anew, by the key {ring.primary}.")


def read(settings: Settings) -> KeyRing:
    """Return the keys that are set."""
    if settings.keys_file is None:
        raise SettingWrongError("AGEGATE_KEYS_FILE is not set")
    return KeyRing.parse(settings.keys_file.read_text(errors="replace"))


def new_key_id(known: Container[str]) -> str:
    """Return today as the id of a key, numbered when it is not the day's first."""
    today = SystemClock().now().date().isoformat()
    ids = (today if number == 1 else f"{today}-{number}" for number in count(1))
    return next(key_id for key_id in ids if key_id not in known)
