from pathlib import Path

import pytest

from service.dev.journal import Journal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def numbers(journal: Journal) -> list[object]:
    return [entry["id"] for entry in journal.newest_first()]


def test_the_newest_comes_first_and_each_once(file: Path) -> None:
    journal = Journal(file)
    for number in ("1", "2", "1"):
        journal.add({"id": number})
    assert numbers(journal) == ["2", "1"]
    assert journal.find("2") == {"id": "2"}
    assert journal.find("3") is None


def test_a_restart_finds_what_was_kept(file: Path) -> None:
    Journal(file).add({"id": "1", "text": "two\nlines, «quoted»"})
    assert Journal(file).newest_first() == [{"id": "1", "text": "two\nlines, «quoted»"}]
    assert file.stat().st_mode & 0o777 == 0o600


def test_there_is_room_for_the_newest_alone(file: Path) -> None:
    journal = Journal(file, room=3)
    for number in range(100):
        journal.add({"id": str(number)})
        assert len(file.read_text().splitlines()) <= 7
    assert numbers(journal) == numbers(Journal(file, room=3)) == ["99", "98", "97"]


def test_a_line_that_was_cut_short_is_left_out(file: Path) -> None:
    file.write_text('{"id": "1"}\n{"id": "2", "te')
    journal = Journal(file)
    journal.add({"id": "3"})
    assert numbers(journal) == numbers(Journal(file)) == ["3", "1"]
