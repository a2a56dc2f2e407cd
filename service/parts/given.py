"""What an operator gives the service, read and checked before it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from argon2 import PasswordHasher

from service.age_assurance.http_provider import configured
from service.age_assurance.providers import ProofProvider
from service.domain.consent_methods import Method
from service.domain.forms import ContactKind
from service.kit import traces
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.outbox.reader import read_subscribers
from service.outbox.subscribers import Subscribers
from service.profiles.reader import Profiles, read_profiles
from service.service_tokens import NO_TOKENS, ServiceTokens, read_tokens
from service.settings import Settings, SettingWrongError


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an operator gives the service, read and checked before it starts."""

    settings: Settings
    keys: KeyRing
    profiles: Profiles
    subscribers: Subscribers
    providers: Mapping[str, ProofProvider]
    service_tokens: ServiceTokens = NO_TOKENS

    @classmethod
    def read(
        cls, settings: Settings, providers: Mapping[str, ProofProvider] | None = None
    ) -> Self:
        """Read the files that the settings name, or raise what is wrong with them."""
        settings.check_production()
        check_traces(settings)
        known = {**configured(settings), **(providers or {})}
        if settings.profiles_dir is None:
            raise SettingWrongError("AGEGATE_PROFILES_DIR is not set")
        profiles = read_profiles(settings.profiles_dir, providers=known.keys())
        _check_phones(settings, profiles)
        subscribers = read_subscribers(settings.subscribers_file, profiles)
        return cls(
            settings=settings,
            keys=KeyRing.parse(_text(settings.keys_file, "AGEGATE_KEYS_FILE")),
            profiles=profiles,
            subscribers=subscribers,
            providers=known,
            service_tokens=read_tokens(
                settings.service_tokens_file, [one.name for one in subscribers.every]
            ),
        )


def _check_phones(settings: Settings, profiles: Profiles) -> None:
    """Refuse to start where phones are written to, and no text could ever be sent."""
    if not settings.production or settings.sms_url:
        return
    asking = [app for app, one in profiles.items() if ContactKind.PHONE in one.confirms]
    if asking:
        raise SettingWrongError(
            f"AGEGATE_SMS_URL is not set, and {', '.join(asking)} confirms phones"
        )
    texting = [
        app for app, one in profiles.items() if Method.TEXT_PLUS in one.consent.methods
    ]
    if texting:
        raise SettingWrongError(
            f"AGEGATE_SMS_URL is not set, and {', '.join(texting)} takes text_plus"
        )


def check_traces(settings: Settings) -> None:
    """Refuse to start where traces are wanted, and nothing here can make them."""
    if settings.otel_endpoint and not traces.is_installed():
        raise SettingWrongError(
            "AGEGATE_OTEL_ENDPOINT needs an extra that is not installed: agegate[otel]"
        )


def _text(path: Path | None, variable: str) -> str:
    if path is None:
        raise SettingWrongError(f"{variable} is not set")
    try:
        return path.read_text()
    except OSError as error:
        raise SettingWrongError(f"{variable}: the file can't be read") from error


def make_passwords(settings: Settings) -> Passwords:
    """Return the bounded pool that hashes passwords at the cost that is set."""
    hasher = PasswordHasher(
        time_cost=settings.argon2_time_cost,
        memory_cost=settings.argon2_memory_kib,
        parallelism=settings.argon2_parallelism,
    )
    return Passwords(hasher, workers=settings.hash_workers, queue=settings.hash_queue)
