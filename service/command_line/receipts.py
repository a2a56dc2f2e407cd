"""The commands about receipts of consent."""

from pathlib import Path

import click

from service.command_line.options import FILE


@click.group()
def receipts() -> None:
    """Check receipts of consent."""


@receipts.command("verify")
@click.argument("file", type=FILE)
@click.option(
    "--keys",
    type=FILE,
    help="The published keys, as /.well-known/jwks.json has them.",
)
def verify_receipt(file: Path, keys: Path | None) -> None:
    """Check the signature of the receipt in FILE, and show what it says.

    FILE is the signed text, or the JSON that GET /v1/receipts/{id} answers. Nobody is
    asked: the keys come from the file named by --keys or, without it, from
    AGEGATE_KEYS_FILE. Receipts of which each names the one before may stand in one
    FILE, a line each: then the chain is checked as well.
    """
    from service.commands import receipts

    receipts.verify(file, keys)
