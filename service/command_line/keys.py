"""The commands about the keys that seal personal data."""

from pathlib import Path

import click

from service.command_line.options import FILE


@click.group()
def keys() -> None:
    """Make and change the keys that seal personal data."""


@keys.command("generate")
@click.argument("file", type=FILE)
def generate_keys(file: Path) -> None:
    """Write a new keys file that only its owner may read.

    An existing FILE is never overwritten. AGEGATE_KEYS_FILE names it to the service.
    """
    from service.commands import keys

    keys.generate(file)


@keys.command("rotate")
@click.argument("file", type=FILE)
def rotate_keys(file: Path) -> None:
    """Put a new key into FILE, that every process is to know before one uses it.

    The first of three steps: start every process again, then run keys promote; start
    every process again, then run keys rewrap. Nothing is refused in between.
    """
    from service.commands import keys

    keys.rotate(file)


@keys.command("promote")
@click.argument("file", type=FILE)
def promote_keys(file: Path) -> None:
    """Make the newest key in FILE the primary one, which seals and signs from now on.

    Only after every process was started again since keys rotate: one that does not
    know the key can't read what the others make with it. The older keys stay, to read
    what they made. Every process has to start again to use the new key.
    """
    from service.commands import keys

    keys.promote(file)


@keys.command("rewrap")
def rewrap_keys() -> None:
    """Wrap every data key in the database by the primary key of AGEGATE_KEYS_FILE.

    Works beside a running service. Afterwards the older keys read nothing but what
    clients carry: registrations under way and tickets. They may leave the file when
    those have ended.
    """
    from service.commands import keys, running
    from service.settings import Settings

    running.run(keys.rewrap(Settings.read()))
