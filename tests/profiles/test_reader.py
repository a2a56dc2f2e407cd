"""Profiles are read strictly, and every mistake names its file and key."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from service.kit.toml_files import FileMistake, FilesWrong
from service.profiles.reader import check, read_profiles

SHIPPED = Path(__file__).parents[2] / "deploy" / "profiles"
APPS = ["plain", "platform", "terra-maestro", "terran-studio", "terraquanta"]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with one profile, without mistakes."""
    copytree(SHIPPED / "policies", tmp_path / "policies")
    (tmp_path / "plain.toml").write_bytes((SHIPPED / "plain.toml").read_bytes())
    return tmp_path


def change(directory: Path, old: str, new: str) -> None:
    path = directory / "plain.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_profiles_are_found_by_the_name_of_their_app(directory: Path) -> None:
    profiles = read_profiles(directory)
    assert len(profiles) == 1
    assert profiles["plain"].name == "Plain"
    assert profiles.get("unknown") is None


@pytest.mark.parametrize(
    ("old", "new", "key", "what"),
    [
        ('app = "plain"', "app = 1", "app", "must be a text"),
        ('app = "plain"', 'app = "other"', "app", "must be the file's name"),
        ('app = "plain"', "", "app", "Missing data for required field."),
        ('app = "plain"', 'ap = "plain"', "ap", "Unknown field."),
        ('name = "Plain"', 'name = " "', "name", "empty"),
        ('name = "Plain"', 'name = "Plain "', "name", "white space"),
        ("guardian_below = 14", 'guardian_below = "14"', "age.guardian_below", "whole"),
        ("guardian_below = 14", "guardian_below = 14.0", "age.guardian_below", "whole"),
        ("guardian_below = 14", "guardian_below = true", "age.guardian_below", "whole"),
        (
            "guardian_below = 14",
            "guardian_bellow = 14",
            "age.guardian_bellow",
            "Unknown",
        ),
        ("guardian_below = 14", "", "age.guardian_below", "until which age"),
        ("law_applies = true", "law_applies = 1", "age.law_applies", "true or false"),
        ("law_applies = true", 'law_applies = "true"', "age.law_applies", "true or"),
        ('mode = "guardian"', 'mode = "parent"', "age.mode", "Must be one of: none"),
        ('mode = "guardian"', "mode = 3", "age.mode", "must be a text"),
        ('languages = ["en"]', 'languages = "en"', "languages", "Not a valid list."),
        (
            'languages = ["en"]',
            'languages = ["en", 3]',
            "languages.1",
            "must be a text",
        ),
        ('"P0D"', '"7 days"', "notice_period", "must be a duration"),
        ('"P0D"', "7", "notice_period", "must be a duration"),
        ('"P0D"', '"P"', "notice_period", "must be a duration"),
        ('"P0D"', '"P1DT"', "notice_period", "must be a duration"),
        ('"P0D"', '"P1M"', "notice_period", "must be a duration"),
        ('"P0D"', '"P-1D"', "notice_period", "must be a duration"),
        (
            "published_date = 2025-01-01",
            'published_date = "2025-01-01"',
            "policy_versions.1.published_date",
            "must be a day",
        ),
        (
            "published_date = 2025-01-01",
            "published_date = 2025-01-01T00:00:00",
            "policy_versions.1.published_date",
            "must be a day",
        ),
        (
            'label = { en = "E-mail address" }',
            "label = { en = 3 }",
            "fields.email.label.en",
            "must be a text",
        ),
        (
            'label = { en = "E-mail address" }',
            'label = "E-mail address"',
            "fields.email.label",
            "text per language",
        ),
        (
            'label = { en = "E-mail address" }',
            'label = { de = "E-Mail-Adresse" }',
            "fields.email.label.en",
            "is missing",
        ),
        (
            'for_adults = "required"',
            'for_adults = "must"',
            "fields.email.for_adults",
            "Must be one of: required, optional, absent.",
        ),
        (
            'legal_ground = "contract"',
            'legal_ground = "because"',
            "purposes.service.legal_ground",
            "Must be one of",
        ),
        ("[contact]", "[contacts]", "contact", "Missing data for required field."),
        ("[contact]", "[contacts]", "contacts", "Unknown field."),
        (
            'text_sha256 = "84',
            'text_sha256 = "00',
            "policy_versions.1.text_sha256",
            "is not that of the text: 84",
        ),
        (
            'text_file = "policies/plain-1.txt"',
            'text_file = "policies/none.txt"',
            "policy_versions.1.text_file",
            "can be read",
        ),
        (
            'text_file = "policies/plain-1.txt"',
            'text_file = "../plain-1.txt"',
            "policy_versions.1.text_file",
            "must be beside the profile",
        ),
        (
            'text_file = "policies/plain-1.txt"',
            "text_file = 1",
            "policy_versions.1.text_file",
            "must be the name of a file",
        ),
        (
            'text_file = "policies/plain-1.txt"',
            'text_file = "policies/plain-1.txt"\ntext = "Inline"',
            "policy_versions.1.text_file",
            "can't stand beside text",
        ),
        ('app = "plain"', 'app = "plain"\napp = "plain"', "", "is not TOML"),
        ('app = "plain"', "app = ", "", "is not TOML"),
    ],
)
def test_every_mistake_names_file_and_key(
    directory: Path, old: str, new: str, key: str, what: str
) -> None:
    change(directory, old, new)
    found = check(directory)
    assert {one.file for one in found} == {"plain.toml"}
    assert any(one.key == key and what in one.what for one in found), found
    with pytest.raises(FilesWrong) as caught:
        read_profiles(directory)
    assert list(caught.value.mistakes) == found


def test_every_mistake_of_every_file_is_collected(directory: Path) -> None:
    change(directory, "guardian_below = 14", 'guardian_below = "14"')
    change(directory, "law_applies = true", "law_applies = 1")
    (directory / "broken.toml").write_text("=", encoding="utf-8")
    (directory / "latin.toml").write_bytes(b'app = "\xe9"')
    found = [(one.file, one.key) for one in check(directory)]
    assert found == [
        ("broken.toml", ""),
        ("latin.toml", ""),
        ("plain.toml", "age.guardian_below"),
        ("plain.toml", "age.law_applies"),
    ]


def test_the_mistakes_of_the_text_are_told_with_the_others(directory: Path) -> None:
    change(directory, "guardian_below = 14", 'guardian_below = "14"')
    change(directory, "policies/plain-1.txt", "policies/none.txt")
    keys = [one.key for one in check(directory)]
    assert keys == ["policy_versions.1.text_file", "age.guardian_below"]


def test_a_directory_without_profiles_is_a_mistake(tmp_path: Path) -> None:
    for directory in (tmp_path, tmp_path / "missing"):
        assert [one.what for one in check(directory)] == ["there is no profile in it"]


def test_an_entry_without_a_name_goes_by_its_place(directory: Path) -> None:
    change(directory, 'name = "email"\n', "")
    assert [one.key for one in check(directory)] == ["fields.0.name"]


def test_a_mistake_is_one_line_without_a_path(directory: Path) -> None:
    change(directory, "guardian_below = 14", "guardian_below = 22")
    found = check(directory)
    with pytest.raises(FilesWrong) as caught:
        read_profiles(directory)
    assert found == [
        FileMistake("plain.toml", "age.guardian_below", "must be from 1 to 21")
    ]
    assert str(caught.value) == "plain.toml: age.guardian_below: must be from 1 to 21"


def test_durations_are_read_exactly(directory: Path) -> None:
    timers = """
    [timers]
    gate_ticket = "PT45M"
    gate_lock = "P1DT12H"
    contact_code = "PT1M30S"
    awaiting_guardian = "P2W"
    renewal_notices = ["P14D", "P1D"]
    """
    with (directory / "plain.toml").open("a", encoding="utf-8") as file:
        file.write(timers)
    found = read_profiles(directory)["plain"].timers
    assert found.gate_ticket == timedelta(minutes=45)
    assert found.gate_lock == timedelta(hours=36)
    assert found.contact_code == timedelta(seconds=90)
    assert found.awaiting_guardian == timedelta(days=14)
    assert found.renewal_notices == (timedelta(days=14), timedelta(days=1))
    assert found.suspended == timedelta(days=30)
