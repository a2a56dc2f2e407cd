"""The command line as a whole: it explains itself, at once."""

import subprocess
import sys

import pytest

from service import __version__
from service.commands.mistakes import lines_of
from tests.commands.running import SECRET, agegate, said
from tests.support.processes import ROOT

COMMANDS = [
    *("dev", "serve", "work", "migrate", "profiles check", "subscribers check"),
    *("settings", "keys generate", "keys rotate", "keys promote", "keys rewrap"),
    *("retention run", "doctor", "version"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    assert "--help" in said(agegate(*command.split(), "--help"))
    assert command.partition(" ")[0] in said(agegate("--help"))


def test_help_is_there_at_once() -> None:
    code = "import sys, service.__main__; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    assert not {"aiohttp", "asyncpg", "jinja2", "marshmallow"} & {*loaded.split()}


def test_the_version_is_told() -> None:
    assert said(agegate("version")) == f"agegate {__version__}\n"


def test_a_fault_is_told_without_its_words() -> None:
    faults = ExceptionGroup("", [ValueError(SECRET), ValueError(SECRET), OSError()])
    assert lines_of(faults) == [
        "fault: builtins.ValueError at unknown",
        "fault: builtins.OSError at unknown",
    ]
