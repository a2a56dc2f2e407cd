"""The command that makes tokens for other services."""

import tempfile
from collections.abc import Collection
from pathlib import Path

import click

from service import service_tokens
from service.domain.scopes import Scope
from service.kit import private_files
from service.outbox.reader import read_file
from service.settings import Settings


def mint(
    path: Path, name: str, *, scopes: Collection[str], subscriber: str | None
) -> None:
    """Add a token to the file, unless the file would be wrong with it; and show it."""
    token, table = service_tokens.mint(
        name, scopes=[Scope(one) for one in scopes], subscriber=subscriber
    )
    before = path.read_text() if path.exists() else ""
    text = f"{before.rstrip()}\n\n{table}" if before.strip() else table
    with tempfile.TemporaryDirectory() as directory:
        draft = Path(directory) / path.name
        draft.write_text(text)
        service_tokens.read_tokens(draft, _subscribers())
    private_files.replace(path, text)
    click.echo(
        f"{token}\n\nThis is the token of {name}. It is shown this once; {path} holds"
        " its hash. Start every web process again, so that it is known."
    )


def _subscribers() -> list[str] | None:
    """Return whose events a token can be for; None where no file says so."""
    file = Settings.read().subscribers_file
    return None if file is None else [one.name for one in read_file(file)]
