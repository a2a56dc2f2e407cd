"""Every setting on one page, and the only reader of the environment.

A setting called *name* comes from ``AGEGATE_NAME``, or from the file that
``AGEGATE_NAME_FILE`` names. ``agegate settings`` prints this table.
"""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

PREFIX: Final = "AGEGATE_"
ROOT: Final = 0
CHECKED_OUT: Final = Path(__file__).parents[1] / "deploy" / "profiles"
PACKAGED: Final = Path(__file__).parent / "profiles" / "shipped"
PROFILES: Final[Path | None] = CHECKED_OUT if CHECKED_OUT.exists() else PACKAGED


class SettingWrongError(Exception):
    """A setting is missing or wrong; the message is one line, without its value."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a setting is for, how its text is read, and whether it is a secret.

    *also* is a standard's variable that sets it as well, where ours does not.
    """

    words: str
    read: Callable[[str], object]
    secret: bool = False
    also: str = ""


def _setting(
    words: str,
    default: T,
    read: Callable[[str], T],
    *,
    secret: bool = False,
    also: str = "",
) -> T:
    meaning = Meaning(words, read, secret, also)
    return field(default=default, repr=not secret, metadata={"meaning": meaning})


def _text(text: str) -> str:
    return text


def _positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be a whole number")
    return int(text)


def _port(text: str) -> int:
    number = _whole(text)
    if number > 65_535:  # noqa: PLR2004 -- the last port there is
        raise ValueError("must be a port, 0 to 65535")
    return number


def _path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _environment(text: str) -> str:
    if text not in {"development", "production"}:
        raise ValueError("must be development or production")
    return text


def _level(text: str) -> str:
    if text not in {"debug", "info", "warning", "error"}:
        raise ValueError("must be debug, info, warning or error")
    return text


def _collector(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must be an http or https address")
    if parts.username is not None or parts.query:
        raise ValueError("must not hold a user, a password or a query")
    return text


_ADDRESS: Final = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}")


def _email(text: str) -> str:
    if text and not (text.isascii() and _ADDRESS.fullmatch(text)):
        raise ValueError("must be an e-mail address alone")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    if parts.query or parts.fragment or parts.path not in {"", "/"} or parts.username:
        raise ValueError("must be an origin: scheme, host and port alone")
    return text.rstrip("/")


def _domain(text: str) -> str:
    if text and (urlsplit(f"https://{text}").hostname != text or is_address(text)):
        raise ValueError("must be a domain in lower case, without scheme or port")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(text.split())
    for one in origins:
        app = one.startswith("android:apk-key-hash:")
        if "," in one or not (app or _base_url(one) == one):
            raise ValueError("must be origins with spaces between, no slash at the end")
    return origins


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set."""

    env: str = _setting("development or production", "production", _environment)
    host: str = _setting("address of the public listener", "127.0.0.1", _text)
    port: int = _setting("port of the public listener", 8080, _port)
    admin_host: str = _setting("address of the admin listener", "127.0.0.1", _text)
    admin_port: int = _setting("port of the admin listener", 9090, _port)
    worker_port: int = _setting(
        "port of a worker's health and metrics, beside the admin listener; 0: none",
        0,
        _port,
    )
    base_url: str = _setting(
        "origin under which people reach the service; links are built from it alone",
        "http://127.0.0.1:8080",
        _base_url,
    )
    passkey_domain: str = _setting(
        "domain that passkeys belong to, for good; the host of the base URL unless set",
        "",
        _domain,
    )
    passkey_origins: tuple[str, ...] = _setting(
        "origins beside the base URL where passkeys may be used, with spaces between:"
        " https://… or android:apk-key-hash:…",
        (),
        _origins,
    )
    database_url: str = _setting(
        "PostgreSQL, several hosts allowed", "", _text, secret=True
    )
    database_connections: int = _setting("connections a process keeps", 10, _positive)
    data_dir: Path | None = _setting(
        "where `agegate dev` keeps its data; .data here unless set", None, _path
    )
    profiles_dir: Path | None = _setting(
        "directory of the policy profiles", PROFILES, _path
    )
    subscribers_file: Path | None = _setting(
        "TOML file of the services that events are sent to", None, _path
    )
    service_tokens_file: Path | None = _setting(
        "TOML file of the tokens by which services act here", None, _path
    )
    dead_letters_days: int = _setting(
        "days that dead letters are kept; 0: until they are replayed or dropped",
        0,
        _whole,
    )
    keys_file: Path | None = _setting(
        "JSON file that `agegate keys generate` wrote", None, _path
    )
    smtp_url: str = _setting(
        "mail server: smtp://, smtp+starttls:// or smtps://, user:password@host:port",
        "",
        _text,
        secret=True,
    )
    mail_from: str = _setting("sender of e-mail", "", _text)
    operator_email: str = _setting(
        "who is written to when subscribers do not acknowledge an erasure", "", _email
    )
    sms_url: str = _setting("address of the SMS provider's JSON API", "", _text)
    sms_token: str = _setting(
        "bearer token for the SMS provider", "", _text, secret=True
    )
    age_proof_provider: str = _setting(
        "what profiles call the provider of age proofs", "", _text
    )
    age_proof_url: str = _setting(
        "address where that provider is asked to begin a proof", "", _text
    )
    age_proof_secret: str = _setting(
        "secrets that sign what it is asked: whsec_…, two while it is changed",
        "",
        _text,
        secret=True,
    )
    trusted_proxies: int = _setting(
        "how many proxies in front set X-Forwarded-For", 0, _whole
    )
    country_header: str = _setting(
        "header in which a proxy in front names the country of a client, to show it"
        " in the list of sessions; not shown unless set",
        "",
        _text,
    )
    limits_factor: int = _setting(
        "multiplies the rate limits of an address that many people share",
        1,
        _positive,
    )
    argon2_memory_kib: int = _setting("Argon2id memory", 19_456, _positive)
    argon2_time_cost: int = _setting("Argon2id passes", 2, _positive)
    argon2_parallelism: int = _setting("Argon2id lanes", 1, _positive)
    hash_workers: int = _setting(
        "threads that hash passwords, in each web process", 1, _positive
    )
    hash_queue: int = _setting(
        "passwords that may wait to be hashed, in each web process", 16, _whole
    )
    otel_endpoint: str = _setting(
        "OTLP/HTTP collector of traces, such as http://127.0.0.1:4318; off unless set",
        "",
        _collector,
        also="OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    log_level: str = _setting(
        "what is logged, at least: debug, info, warning or error", "info", _level
    )

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings, or raise SettingWrongError naming the first wrong one."""
        values = {name: value for name, value, _ in _read(cls, environ)}
        return replace(cls(), **values)  # type: ignore[arg-type]

    @property
    def production(self) -> bool:
        """Tell whether this runs for real people."""
        return self.env == "production"

    @property
    def relying_party(self) -> tuple[str, tuple[str, ...]]:
        """Return the domain that passkeys belong to, and the origins they work on."""
        host = urlsplit(self.base_url).hostname or ""
        return self.passkey_domain or host, (self.base_url, *self.passkey_origins)

    def check_production(self) -> None:
        """Refuse to start without what production needs, in one clear line."""
        if not self.production:
            return
        needed = {
            "database_url": self.database_url,
            "keys_file": self.keys_file,
            "smtp_url": self.smtp_url,
            "mail_from": self.mail_from,
        }
        for name, value in needed.items():
            if not value:
                raise SettingWrongError(f"{PREFIX}{name.upper()} is not set")
        unsafe = {
            "BASE_URL must be an https address": not self.base_url.startswith("https:"),
            "SMTP_URL would send mail in the clear: use smtps:// or smtp+starttls://": (
                _is_open_road(self.smtp_url, "smtp")
            ),
            "SMS_URL would send messages in the clear: use https://": (
                _is_open_road(self.sms_url, "http")
            ),
            "AGE_PROOF_URL would ask in the clear: use https://": (
                _is_open_road(self.age_proof_url, "http")
            ),
            "PASSKEY_DOMAIN must be the host of the base URL or a domain above it": (
                not _is_within(self.base_url, self.relying_party[0])
            ),
            "KEYS_FILE is open to other accounts: chmod 600": (
                _is_exposed(self.keys_file)
            ),
        }
        for words, found in unsafe.items():
            if found:
                raise SettingWrongError(PREFIX + words)


def is_address(host: str) -> bool:
    """Tell whether *host* is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether what is sent to *host* never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_within(url: str, domain: str) -> bool:
    """Tell whether a browser on *url* takes passkeys that belong to *domain*."""
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def _is_open_road(url: str, scheme: str) -> bool:
    """Tell whether *url* leads off this machine by a *scheme* without TLS."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False  # whoever uses it says what is wrong with it
    return parts.scheme == scheme and not is_loopback(parts.hostname or "")


def is_exposed(path: Path, account: int | None = None) -> bool:
    """Tell whether others than *account* (ours by default) get at a file of secrets.

    As PostgreSQL has it for keys: what is ours may be read by us alone; what root
    lends us, by a group of ours too (so does Kubernetes with a secret).
    """
    found, us = path.stat(), os.geteuid() if account is None else account
    lent = found.st_uid == ROOT != us
    return bool(found.st_mode & (0o037 if lent else 0o077))


def _is_exposed(path: Path | None) -> bool:
    try:
        return path is not None and is_exposed(path)
    except OSError as error:
        variable = f"{PREFIX}KEYS_FILE"
        raise SettingWrongError(f"{variable}: the file can't be read") from error


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `agegate settings`."""

    variable: str
    value: str
    default: str
    source: str
    words: str


def table(environ: Mapping[str, str] = os.environ) -> list[Row]:
    """Return every setting with its default and where its value came from."""
    rows = []
    for name, value, source in _read(Settings, environ):
        one = next(each for each in fields(Settings) if each.name == name)
        meaning: Meaning = one.metadata["meaning"]
        shown = "(hidden)" if meaning.secret and value else _shown(value)
        default = _shown(one.default)
        rows.append(Row(PREFIX + name.upper(), shown, default, source, meaning.words))
    return rows


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def _read(
    cls: type[Settings], environ: Mapping[str, str]
) -> list[tuple[str, object, str]]:
    known = {PREFIX + one.name.upper() for one in fields(cls)}
    for variable in environ:
        if variable.startswith(PREFIX) and not _known(variable, known):
            raise SettingWrongError(f"{variable} is not a setting")
    return [(one.name, *_value(one, environ)) for one in fields(cls)]


def _known(variable: str, known: set[str]) -> bool:
    return (
        variable in known
        or variable.removesuffix("_FILE") in known
        or variable.startswith(f"{PREFIX}TEST_")
    )


def _value(one: Field[object], environ: Mapping[str, str]) -> tuple[object, str]:
    variable = PREFIX + one.name.upper()
    beside = f"{variable}_FILE"
    meaning: Meaning = one.metadata["meaning"]
    if variable in environ:
        text, source = environ[variable], variable
    elif beside in environ:
        try:
            text, source = Path(environ[beside]).read_text().strip(), beside
        except OSError as error:
            raise SettingWrongError(f"{beside}: the file can't be read") from error
    elif environ.get(meaning.also):
        text, source = environ[meaning.also], meaning.also
    else:
        return (None if one.default is MISSING else one.default), "default"
    try:
        return meaning.read(text), source
    except ValueError as error:
        raise SettingWrongError(f"{source} {error}") from error
