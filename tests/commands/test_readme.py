"""Every command that the README shows is one there is, with the options it has."""

import re

import click
import pytest

from service.__main__ import main
from tests.support.processes import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
SHOWN = sorted(
    set(re.findall(r"(?:^|`)agegate ([a-z][^\n`#|]*)", README, re.MULTILINE))
)


def test_the_readme_shows_commands() -> None:
    assert len(SHOWN) > 30


@pytest.mark.parametrize("shown", SHOWN)
def test_it_is_there(shown: str) -> None:
    command: click.Command = main
    words = shown.split()
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        assert found is not None or command.invoke_without_command, shown
        if found is None:
            break
        command = found
        words.pop(0)
    known = {name for one in command.params for name in one.opts}
    assert {one for one in words if one.startswith("--")} <= known
    needed = [
        one
        for one in command.params
        if one.required and isinstance(one, click.Option) and words
    ]
    assert all({*one.opts} & {*words} for one in needed)
