"""Commands run in this process, and what they say."""

import asyncio
import os
from pathlib import Path

from click.testing import CliRunner, Result

from service.__main__ import main
from tests.support.processes import CHEAP

SECRET = "hunter2-not-for-logs"
NOBODY_THERE = f"postgresql://app:{SECRET}@127.0.0.1:1/agegate"


def agegate(*arguments: str | Path, **settings: str | Path) -> Result:
    """Run a command with nothing set but *settings*."""
    unset = {name: None for name in os.environ if "AGEGATE" in name}
    given = {f"AGEGATE_{name}": str(value) for name, value in settings.items()}
    environment = {**unset, **CHEAP, **given}
    return CliRunner(env=environment).invoke(main, [*map(str, arguments)])


async def in_a_thread(*arguments: str | Path, **settings: str | Path) -> Result:
    """Run a command that has an event loop of its own."""
    return await asyncio.to_thread(agegate, *arguments, **settings)


def said(result: Result) -> str:
    """Return what a command printed that went well."""
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return result.stdout


def mistakes(result: Result) -> list[str]:
    """Return what is wrong, as a command says that could not do its work."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert SECRET not in result.output
    return result.stderr.splitlines()
