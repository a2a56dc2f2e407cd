"""Tokens of services: made once, kept as hashes, and checked in full."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from service.domain.scopes import Scope
from service.kit.toml_files import FilesWrong
from service.service_tokens import mint, read_tokens
from tests.commands.running import agegate, mistakes, said

READ = (Scope.EVENTS_READ,)
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "tokens.toml"
        path.write_text(text)
        return path

    return written


def test_a_token_is_found_by_its_hash_alone(write: Write) -> None:
    one, first = mint("rights", scopes=READ, subscriber="rights")
    other, second = mint("desk", scopes=[Scope.EVENTS_OPERATE], subscriber=None)
    path = write(first + "\n" + second)
    assert one not in path.read_text()

    tokens = read_tokens(path, ["rights"])

    found = tokens.find(one)
    assert found is not None
    assert (found.name, found.scopes, found.subscriber) == (
        "rights",
        frozenset(READ),
        "rights",
    )
    desk = tokens.find(other)
    assert desk is not None
    assert desk.subscriber is None
    for wrong in (one[:-1], one + "A", one.removeprefix("agt_"), "", "agt_", "é" * 47):
        assert tokens.find(wrong) is None
    assert found.hash.hex() not in repr(tokens)


def test_without_a_file_nobody_is_let_in() -> None:
    assert read_tokens(None, []).every == ()


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('name = "rights"', 'name = "Rights!"'), "tokens.0.name"),
        (("sha256:", "sha512:"), "tokens.rights.hash"),
        (('"events:read"', '"events:write"'), "tokens.rights.scopes.0"),
        (('["events:read"]', "[]"), "tokens.rights.scopes"),
        (('subscriber = "rights"', ""), "tokens.rights.subscriber"),
        (('subscriber = "rights"', 'subscriber = "other"'), "tokens.rights.subscriber"),
        (("[[tokens]]", "[[tokens]]\ncolour = 1"), "tokens.rights.colour"),
    ],
)
def test_a_mistake_is_named_by_its_key(
    write: Write, change: tuple[str, str], key: str
) -> None:
    _, table = mint("rights", scopes=READ, subscriber="rights")
    assert change[0] in table

    with pytest.raises(FilesWrong) as caught:
        read_tokens(write(table.replace(*change)), ["rights"])

    assert [one.key for one in caught.value.mistakes] == [key]


def test_a_name_stands_there_once(write: Write) -> None:
    tables = [mint("rights", scopes=READ, subscriber="rights")[1] for _ in range(2)]

    with pytest.raises(FilesWrong, match="twice"):
        read_tokens(write("\n".join(tables)), ["rights"])


def test_a_token_is_made_by_a_command_and_shown_once(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    shown = said(
        agegate(
            "tokens",
            "mint",
            file,
            "rights",
            "--subscriber",
            "rights",
            "--scope",
            "events:read",
            "--scope",
            "events:acknowledge",
        )
    )
    said(agegate("tokens", "mint", file, "desk", "--scope", "events:operate"))

    (token,) = [word for word in shown.split() if word.startswith("agt_")]
    assert token not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    tokens = read_tokens(file, ["rights"])
    found = tokens.find(token)
    assert found is not None
    assert found.scopes == {Scope.EVENTS_READ, Scope.EVENTS_ACKNOWLEDGE}
    assert [one.name for one in tokens.every] == ["rights", "desk"]


def test_what_would_make_the_file_wrong_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    said(agegate("tokens", "mint", file, "desk", "--scope", "events:operate"))
    before = file.read_text()

    twice = agegate("tokens", "mint", file, "desk", "--scope", "events:operate")
    assert mistakes(twice) == ["tokens.toml: tokens.desk.name: stands there twice"]
    nobody = agegate("tokens", "mint", file, "rights", "--scope", "events:read")
    assert mistakes(nobody) == [
        "tokens.toml: tokens.rights.subscriber: must name whose events these are"
    ]

    assert file.read_text() == before


def test_a_token_is_for_somebody_who_is_told(tmp_path: Path) -> None:
    file, subscribers = tmp_path / "tokens.toml", tmp_path / "subscribers.toml"
    subscribers.write_text("")
    wrong = agegate(
        *("tokens", "mint", file, "rights", "--subscriber", "rights"),
        *("--scope", "events:read"),
        SUBSCRIBERS_FILE=subscribers,
    )
    assert mistakes(wrong) == [
        "tokens.toml: tokens.rights.subscriber: there is no subscriber rights"
    ]
    assert not file.exists()
