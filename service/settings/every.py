"""Every setting."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from service.settings.reading import PREFIX, SettingWrongError, read_each, setting
from service.settings.safety import is_exposed, is_open_road, is_within
from service.settings.texts import (
    read_base_url,
    read_collector,
    read_domain,
    read_email,
    read_environment,
    read_level,
    read_origins,
    read_path,
    read_port,
    read_positive,
    read_text,
    read_whole,
)

CHECKED_OUT: Final = Path(__file__).parents[2] / "deploy" / "profiles"
PACKAGED: Final = Path(__file__).parents[1] / "profiles" / "shipped"
PROFILES: Final[Path | None] = CHECKED_OUT if CHECKED_OUT.exists() else PACKAGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an operator can set."""

    env: str = setting("development or production", "production", read_environment)
    host: str = setting("address of the public listener", "127.0.0.1", read_text)
    port: int = setting("port of the public listener", 8080, read_port)
    admin_host: str = setting("address of the admin listener", "127.0.0.1", read_text)
    admin_port: int = setting("port of the admin listener", 9090, read_port)
    worker_port: int = setting(
        "port of a worker's health and metrics, beside the admin listener; 0: none",
        0,
        read_port,
    )
    base_url: str = setting(
        "origin under which people reach the service; links are built from it alone",
        "http://127.0.0.1:8080",
        read_base_url,
    )
    passkey_domain: str = setting(
        "domain that passkeys belong to, for good; the host of the base URL unless set",
        "",
        read_domain,
    )
    passkey_origins: tuple[str, ...] = setting(
        "origins beside the base URL where passkeys may be used, with spaces between:"
        " https://… or android:apk-key-hash:…",
        (),
        read_origins,
    )
    database_url: str = setting(
        "PostgreSQL, several hosts allowed", "", read_text, secret=True
    )
    database_connections: int = setting(
        "connections a process keeps", 10, read_positive
    )
    data_dir: Path | None = setting(
        "where `agegate dev` keeps its data; .data here unless set", None, read_path
    )
    profiles_dir: Path | None = setting(
        "directory of the policy profiles", PROFILES, read_path
    )
    subscribers_file: Path | None = setting(
        "TOML file of the services that events are sent to", None, read_path
    )
    service_tokens_file: Path | None = setting(
        "TOML file of the tokens by which services act here", None, read_path
    )
    dead_letters_days: int = setting(
        "days that dead letters are kept; 0: until they are replayed or dropped",
        0,
        read_whole,
    )
    keys_file: Path | None = setting(
        "JSON file that `agegate keys generate` wrote", None, read_path
    )
    smtp_url: str = setting(
        "mail server: smtp://, smtp+starttls:// or smtps://, user:password@host:port",
        "",
        read_text,
        secret=True,
    )
    mail_from: str = setting("sender of e-mail", "", read_text)
    operator_email: str = setting(
        "who is written to when subscribers do not acknowledge an erasure",
        "",
        read_email,
    )
    sms_url: str = setting("address of the SMS provider's JSON API", "", read_text)
    sms_token: str = setting(
        "bearer token for the SMS provider", "", read_text, secret=True
    )
    age_proof_provider: str = setting(
        "what profiles call the provider of age proofs", "", read_text
    )
    age_proof_url: str = setting(
        "address where that provider is asked to begin a proof", "", read_text
    )
    age_proof_secret: str = setting(
        "secrets that sign what it is asked: whsec_…, two while it is changed",
        "",
        read_text,
        secret=True,
    )
    trusted_proxies: int = setting(
        "how many proxies in front set X-Forwarded-For", 0, read_whole
    )
    country_header: str = setting(
        "header in which a proxy in front names the country of a client, to show it"
        " in the list of sessions; not shown unless set",
        "",
        read_text,
    )
    limits_factor: int = setting(
        "multiplies the rate limits of an address that many people share",
        1,
        read_positive,
    )
    argon2_memory_kib: int = setting("Argon2id memory", 19_456, read_positive)
    argon2_time_cost: int = setting("Argon2id passes", 2, read_positive)
    argon2_parallelism: int = setting("Argon2id lanes", 1, read_positive)
    hash_workers: int = setting(
        "threads that hash passwords, in each web process", 1, read_positive
    )
    hash_queue: int = setting(
        "passwords that may wait to be hashed, in each web process", 16, read_whole
    )
    otel_endpoint: str = setting(
        "OTLP/HTTP collector of traces, such as http://127.0.0.1:4318; off unless set",
        "",
        read_collector,
        also="OTEL_EXPORTER_OTLP_ENDPOINT",
    )
    log_level: str = setting(
        "what is logged, at least: debug, info, warning or error", "info", read_level
    )

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings, or raise SettingWrongError naming the first wrong one."""
        values = {name: value for name, value, _ in read_each(fields(cls), environ)}
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
                is_open_road(self.smtp_url, "smtp")
            ),
            "SMS_URL would send messages in the clear: use https://": (
                is_open_road(self.sms_url, "http")
            ),
            "AGE_PROOF_URL would ask in the clear: use https://": (
                is_open_road(self.age_proof_url, "http")
            ),
            "PASSKEY_DOMAIN must be the host of the base URL or a domain above it": (
                not is_within(self.base_url, self.relying_party[0])
            ),
            "KEYS_FILE is open to other accounts: chmod 600": (
                _is_exposed(self.keys_file)
            ),
        }
        for words, found in unsafe.items():
            if found:
                raise SettingWrongError(PREFIX + words)


def _is_exposed(path: Path | None) -> bool:
    try:
        return path is not None and is_exposed(path)
    except OSError as error:
        variable = f"{PREFIX}KEYS_FILE"
        raise SettingWrongError(f"{variable}: the file can't be read") from error
