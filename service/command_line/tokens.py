"""The commands about the tokens of other services."""

from pathlib import Path

import click

from service.command_line.options import FILE


@click.group()
def tokens() -> None:
    """Make the tokens by which other services act here."""


@tokens.command("mint")
@click.argument("file", type=FILE)
@click.argument("name")
@click.option("--subscriber", help="Whose events it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="What it may be used for; may be given several times.",
    type=click.Choice(
        [
            "events:read",
            "events:acknowledge",
            "events:operate",
            "proofs:conclude",
        ]
    ),
)
def mint_token(
    file: Path, name: str, *, subscriber: str | None, scopes: tuple[str, ...]
) -> None:
    """Add a new token called NAME to FILE, and show it, this once.

    FILE holds the token's hash alone; AGEGATE_SERVICE_TOKENS_FILE names it to the
    service, which reads it when it starts. To take a token back, delete its table.
    """
    from service.commands import tokens

    tokens.mint(file, name, scopes=scopes, subscriber=subscriber)
