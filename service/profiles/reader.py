"""Reading a directory of policy profiles: all of them right, or every mistake named."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.domain.mistakes import mistakes
from service.domain.profiles import PolicyProfile
from service.kit.toml_files import FileMistake, FilesWrong, load, name_of, read_table
from service.profiles.jurisdictions import read_jurisdictions
from service.profiles.schemas import ProfileSection


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
    directory: Path,
    *,
    providers: Collection[str] | None = None,
    texts: bool | None = None,
) -> Profiles:
    """Return the profiles in *directory*, or raise FilesWrong with every mistake.

    *providers* are the configured providers of age proofs, *texts* tells whether there
    is an SMS provider; None leaves that open.
    """
    profiles, wrong = _read(directory, providers, texts=texts)
    if wrong:
        raise FilesWrong(wrong)
    return Profiles(profiles)


def check(
    directory: Path, *, providers: Collection[str] | None = None
) -> list[FileMistake]:
    """Return everything that is wrong with the profiles in *directory*."""
    return _read(directory, providers, texts=None)[1]


def _read(
    directory: Path, providers: Collection[str] | None, *, texts: bool | None
) -> tuple[dict[str, PolicyProfile], list[FileMistake]]:
    profiles: dict[str, PolicyProfile] = {}
    wrong: list[FileMistake] = []
    countries = read_jurisdictions().countries
    for path in sorted(directory.glob("*.toml")):
        try:
            profile = _profile(path)
        except FilesWrong as error:
            wrong += error.mistakes
            continue
        found = mistakes(profile, countries=countries, providers=providers, texts=texts)
        wrong += [FileMistake(path.name, one.key, one.what) for one in found]
        if path.stem != profile.app:
            wrong.append(FileMistake(path.name, "app", "must be the file's name"))
        profiles[profile.app] = profile
    if not profiles and not wrong:
        wrong.append(FileMistake(directory.name, "", "there is no profile in it"))
    return profiles, wrong


def _profile(path: Path) -> PolicyProfile:
    """Return the profile at *path*, each of its values of the right type."""
    table = read_table(path)
    wrong = [*_put_texts(table, path)]
    try:
        profile = load(ProfileSection(), table, file=path.name)
    except FilesWrong as error:
        raise FilesWrong([*wrong, *error.mistakes]) from error
    if wrong:
        raise FilesWrong(wrong)
    return profile


def _put_texts(table: Mapping[str, object], path: Path) -> Iterator[FileMistake]:
    """Put what each ``text_file`` holds into ``text``; yield what can't be read."""
    versions = table.get("policy_versions")
    for place, version in enumerate(versions if isinstance(versions, list) else []):
        if not isinstance(version, dict) or "text_file" not in version:
            continue
        name = version.pop("text_file")
        key = f"policy_versions.{name_of(version, place)}.text_file"
        if "text" in version:
            yield FileMistake(path.name, key, "can't stand beside text")
            continue
        try:
            version["text"] = _text(path.parent, name)
        except ValueError as error:
            yield FileMistake(path.name, key, str(error))


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
