"""Reading a directory of policy profiles: all of them right, or every mistake named."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from marshmallow import ValidationError

from service.domain.mistakes import mistakes
from service.domain.profiles import PolicyProfile
from service.profiles.jurisdictions import read_jurisdictions
from service.profiles.schemas import ProfileSection

_NAMED_BY: Final = ("name", "id", "version")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a profile: in which file, at which dotted key, and what."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        """Return one line for the operator."""
        return ": ".join(part for part in (self.file, self.key, self.what) if part)


class ProfilesWrong(Exception):  # noqa: N818 -- an operator's mistakes, not a fault
    """The profiles can't be used as they are; *mistakes* names everything wrong."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        """Name every mistake, one a line."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


@dataclass(frozen=True, slots=True)
class Profiles(Mapping[str, PolicyProfile]):
    """Every operator's profile, by the name of its app."""

    by_app: Mapping[str, PolicyProfile]

    def __getitem__(self, app: str) -> PolicyProfile:
        """Return the profile of *app*."""
        return self.by_app[app]

    def __iter__(self) -> Iterator[str]:
        """Go through the names of the apps."""
        return iter(self.by_app)

    def __len__(self) -> int:
        """Return how many apps there are."""
        return len(self.by_app)


def read_profiles(
    directory: Path, *, providers: Collection[str] | None = None
) -> Profiles:
    """Return the profiles in *directory*, or raise ProfilesWrong with every mistake.

    *providers* are the configured providers of age proofs; None leaves open which
    there are.
    """
    profiles, wrong = _read(directory, providers)
    if wrong:
        raise ProfilesWrong(wrong)
    return Profiles(profiles)


def check(
    directory: Path, *, providers: Collection[str] | None = None
) -> list[Mistake]:
    """Return everything that is wrong with the profiles in *directory*."""
    return _read(directory, providers)[1]


def _read(
    directory: Path, providers: Collection[str] | None
) -> tuple[dict[str, PolicyProfile], list[Mistake]]:
    profiles: dict[str, PolicyProfile] = {}
    wrong: list[Mistake] = []
    countries = read_jurisdictions().countries
    for path in sorted(directory.glob("*.toml")):
        try:
            profile = _profile(path)
        except ProfilesWrong as error:
            wrong += error.mistakes
            continue
        found = mistakes(profile, countries=countries, providers=providers)
        wrong += [Mistake(path.name, one.key, one.what) for one in found]
        if path.stem != profile.app:
            wrong.append(Mistake(path.name, "app", "must be the file's name"))
        profiles[profile.app] = profile
    if not profiles and not wrong:
        wrong.append(Mistake(directory.name, "", "there is no profile in it"))
    return profiles, wrong


def _profile(path: Path) -> PolicyProfile:
    """Return the profile at *path*, each of its values of the right type."""
    try:
        table = tomllib.loads(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError) as error:
        raise ProfilesWrong([Mistake(path.name, "", "can't be read")]) from error
    except tomllib.TOMLDecodeError as error:
        raise ProfilesWrong(
            [Mistake(path.name, "", f"is not TOML: {error}")]
        ) from error
    wrong = [*_put_texts(table, path)]
    try:
        profile = cast("PolicyProfile", ProfileSection().load(table))
    except ValidationError as error:
        messages = cast("object", error.messages)
        wrong += [
            Mistake(path.name, key, what) for key, what in _named(messages, table)
        ]
        raise ProfilesWrong(wrong) from error
    if wrong:
        raise ProfilesWrong(wrong)
    return profile


def _put_texts(table: Mapping[str, object], path: Path) -> Iterator[Mistake]:
    """Put what each ``text_file`` holds into ``text``; yield what can't be read."""
    versions = table.get("policy_versions")
    for place, version in enumerate(versions if isinstance(versions, list) else []):
        if not isinstance(version, dict) or "text_file" not in version:
            continue
        name = version.pop("text_file")
        key = f"policy_versions.{_name(version, place)}.text_file"
        if "text" in version:
            yield Mistake(path.name, key, "can't stand beside text")
            continue
        try:
            version["text"] = _text(path.parent, name)
        except ValueError as error:
            yield Mistake(path.name, key, str(error))


def _text(directory: Path, name: object) -> str:
    """Return the file called *name* in *directory*, and in no other place."""
    if not isinstance(name, str) or not name:
        raise ValueError("must be the name of a file")
    path = (directory / name).resolve()
    if not path.is_relative_to(directory.resolve()):
        raise ValueError("must be beside the profile")
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise ValueError("is not a text file that can be read") from None


def _named(messages: object, table: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each message with its dotted key; entries of a list go by their name."""
    if isinstance(messages, str):
        yield key, messages
    elif isinstance(messages, list):
        for message in messages:
            yield from _named(message, table, key)
    elif isinstance(messages, dict):
        for place, inner in messages.items():
            entry = _entry(table, place)
            name = _name(entry, place) if isinstance(place, int) else str(place)
            path = ".".join(part for part in (key, name) if part and part != "_schema")
            yield from _named(inner, entry, path)


def _entry(table: object, place: object) -> object:
    """Return what stands at *place* in the file, where there is something."""
    if isinstance(table, list) and isinstance(place, int):
        return table[place]
    return table.get(place) if isinstance(table, dict) else None


def _name(entry: object, place: int) -> str:
    """Return what an entry of a list is called, or its place in the list."""
    if isinstance(entry, dict):
        for word in _NAMED_BY:
            if isinstance(entry.get(word), str):
                return str(entry[word])
    return str(place)
