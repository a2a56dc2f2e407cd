"""Options and arguments that several commands have."""

from pathlib import Path
from typing import Final

import click

FILE: Final = click.Path(path_type=Path)
OPERATOR: Final = click.option(
    "--operator", required=True, help="Who decides; kept in the action log."
)
REASON: Final = click.option(
    "--reason", required=True, help="Why; kept in the action log."
)
