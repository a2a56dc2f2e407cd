"""The catalogue of events on the command line."""

import json
import os
import subprocess
import sys

from service.domain.events import EventType
from tests.commands.running import agegate, said
from tests.support.processes import CLEAN, ROOT


def test_every_type_of_event_has_a_line() -> None:
    lines = said(agegate("events", "types")).splitlines()
    assert [line.split()[0] for line in lines] == [*EventType]
    assert lines[0].endswith("A registration began.")


def test_the_catalogue_is_shown_as_it_is_answered() -> None:
    shown = said(agegate("events", "types", "--json", BASE_URL="https://id.example"))
    entries = json.loads(shown)["event_types"]
    assert [one["type"] for one in entries] == [*EventType]
    assert entries[0]["example"]["source"] == "https://id.example/apps/plain"
    assert entries[0]["schema"]["title"] == entries[0]["type"]


def test_a_reader_that_has_enough_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "service", "events", "types"],
        cwd=ROOT,
        env=CLEAN,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert ended.stderr == b""
