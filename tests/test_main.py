"""The command line as a whole: it explains itself, at once."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from service import __version__
from service.__main__ import main
from service.commands.mistakes import lines_of
from tests.commands.running import SECRET, agegate, said
from tests.support.processes import ROOT


def names(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """Go through every command and every group of them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*before, name)
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from names(command, *before, name)


@pytest.mark.parametrize("command", [*names(main)], ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    *group, name = command
    assert "--help" in said(agegate(*command, "--help"))
    assert f"\n  {name}  " in said(agegate(*group, "--help"))


def test_a_name_like_another_is_told() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "service", "evnts"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert "Did you mean 'events'?" in ran.stderr


def test_help_is_there_at_once() -> None:
    code = """
import sys, service.__main__ as one
one.main(["--help"], standalone_mode=False)
print(*sys.modules)
"""
    told = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    loaded = {*told.splitlines()[-1].split()}
    assert "service.command_line.keys" in loaded
    assert not {"aiohttp", "asyncpg", "jinja2", "marshmallow"} & loaded


def test_the_version_is_told() -> None:
    assert said(agegate("version")) == f"agegate {__version__}\n"


def test_a_fault_is_told_without_its_words() -> None:
    faults = ExceptionGroup("", [ValueError(SECRET), ValueError(SECRET), OSError()])
    assert lines_of(faults) == [
        "fault: builtins.ValueError at unknown",
        "fault: builtins.OSError at unknown",
    ]
