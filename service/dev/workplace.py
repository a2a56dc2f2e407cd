"""Where `agegate dev` works: its settings, its directory, its keys, its PostgreSQL."""

import fcntl
import hashlib
import os
import stat
from collections.abc import Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from service.kit import private_files
from service.kit.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from service.kit.embedded_postgres_programs import choose_programs, find_binaries
from service.kit.secrets import KeyRing
from service.settings import PREFIX, Row, Settings, SettingWrongError, is_loopback

DIRECTORY: Final = Path(".data")
EVERYBODYS: Final = Path("/var/tmp")  # noqa: S108 -- see make_stand_in
POSTGRES: Final = "postgres"

# Others may pass through, as PostgreSQL may run under another account, but not look.
PASSABLE: Final = 0o711

UNLIMITED: Final = 10_000
LOCALHOST: Final = "localhost"  # passkeys belong to a name, and to no address


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Everything that is there before the first request."""

    settings: Settings
    directory: Path
    keys: KeyRing

    @property
    def here(self) -> str:
        """Return the origin at which this process reaches itself."""
        host = self.settings.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.settings.port}"


def choose_settings(settings: Settings, rows: Collection[Row]) -> Settings:
    """Return the settings for development: those that are set, and defaults of its own.

    Raises SettingWrongError in production, and where it could be production.
    """
    chosen = {row.variable for row in rows if row.source != "default"}
    if f"{PREFIX}ENV" in chosen and settings.production:
        raise SettingWrongError("AGEGATE_ENV is production: agegate dev is refused")
    if f"{PREFIX}ENV" not in chosen and (sign := _sign_of_production(settings)):
        raise SettingWrongError(
            f"{PREFIX}{sign}, AGEGATE_ENV is not: agegate dev is refused;"
            " set AGEGATE_ENV=development if that is meant"
        )
    if not is_loopback(settings.host):
        raise SettingWrongError(
            "AGEGATE_HOST must be of this machine alone for agegate dev, as 127.0.0.1:"
            " whoever reaches it may read all mail"
        )
    if not settings.port:
        raise SettingWrongError("AGEGATE_PORT must not be 0 for agegate dev")
    own = replace(settings, env="development")
    if f"{PREFIX}BASE_URL" not in chosen:
        own = replace(own, base_url=f"http://127.0.0.1:{settings.port}")
        if f"{PREFIX}PASSKEY_DOMAIN" not in chosen:
            named = f"http://{LOCALHOST}:{settings.port}"
            origins = (*own.passkey_origins, named)
            own = replace(own, passkey_domain=LOCALHOST, passkey_origins=origins)
    if f"{PREFIX}LIMITS_FACTOR" not in chosen:
        own = replace(own, limits_factor=UNLIMITED)
    return own


def _sign_of_production(settings: Settings) -> str | None:
    """Return what is set as only production has it, or None."""
    if settings.database_url:
        return "DATABASE_URL is set"
    if settings.keys_file:
        return "KEYS_FILE is set"
    if settings.base_url.startswith("https://"):
        return "BASE_URL is set to an https address"
    return None


@contextmanager
def prepared(settings: Settings) -> Generator[Workplace]:
    """Yield the workplace, with a database that runs as long as it is used."""
    directory = _directory(settings)
    with _held(directory), _database(settings, directory) as url:
        yield Workplace(
            settings=replace(settings, database_url=url),
            directory=directory,
            keys=_keys(settings, directory),
        )


def _directory(settings: Settings) -> Path:
    directory = (settings.data_dir or DIRECTORY).resolve()
    _make(directory)
    if settings.data_dir or settings.database_url or _is_reachable(directory):
        return directory
    return make_stand_in(directory, EVERYBODYS)


def _make(directory: Path) -> None:
    if directory.is_dir():
        return
    try:
        directory.mkdir(parents=True)
        directory.chmod(PASSABLE)
    except OSError as error:
        what = f"{directory} can't be made ({error.strerror})"
        raise SettingWrongError(f"AGEGATE_DATA_DIR: {what}") from error


def _is_reachable(directory: Path) -> bool:
    """Tell whether root's PostgreSQL, which can't run as root, gets at *directory*."""
    if os.geteuid():
        return True
    cluster, binaries = directory / POSTGRES, find_binaries()
    cluster.mkdir(mode=0o700, exist_ok=True)
    try:
        choose_programs(cluster, binaries=binaries, namespaces=True)
    except EmbeddedPostgresError:
        return False
    return True


def make_stand_in(wanted: Path, below: Path) -> Path:
    """Return a directory in place of *wanted*, the same each time, in one for all.

    Anybody could have made it before us: then it is not used.
    """
    name = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    directory = below / f"agegate-{name}"
    _make(directory)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise SettingWrongError(f"AGEGATE_DATA_DIR: {directory} is somebody else's")
    return directory


@contextmanager
def _held(directory: Path) -> Generator[None]:
    """Keep every other `agegate dev` out of *directory*."""
    with (directory / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            what = f"another agegate dev works in {directory}"
            raise SettingWrongError(f"AGEGATE_DATA_DIR: {what}") from None
        yield


@contextmanager
def _database(settings: Settings, directory: Path) -> Generator[str]:
    """Yield the address of the database that is set, or of one of our own."""
    if settings.database_url:
        yield settings.database_url
        return
    server = EmbeddedPostgres(directory / POSTGRES)
    try:
        yield server.start()
    finally:
        server.stop()


def _keys(settings: Settings, directory: Path) -> KeyRing:
    """Return the keys that are set, or keys of our own, made at the first start."""
    path = settings.keys_file or directory / "keys.json"
    if settings.keys_file is None:
        with suppress(FileExistsError):
            private_files.write_new(path, KeyRing.fresh("dev").dump())
    return KeyRing.parse(path.read_text(errors="replace"))
