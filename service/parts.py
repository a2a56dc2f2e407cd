"""The parts of the service, made and joined by hand, once for web and worker alike.

This is the wiring diagram: below is what each flow works with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from argon2 import PasswordHasher

from service.accounts.flows import AccountFlows
from service.age_assurance.flows import ProofFlows
from service.age_assurance.providers import ProofProvider
from service.domain.forms import ContactKind
from service.gate.decisions import AgeDecisions
from service.gate.flows import GateFlows
from service.guardians.asking import GuardianRequests
from service.guardians.flows import GuardianFlows
from service.kit.clock import Clock
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.outbox.reader import read_subscribers
from service.outbox.subscribers import Subscribers
from service.profiles.jurisdictions import read_jurisdictions
from service.profiles.reader import Profiles, read_profiles
from service.registration.contacts import ContactFlows
from service.registration.flows import RegistrationFlows
from service.registration.progress import Progress
from service.registration.steps import StepFlows
from service.registration.timers import RegistrationTimers
from service.settings import Settings, SettingWrongError
from service.vault.flows import Vault
from service.vault.signing_keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an operator gives the service, read and checked before it starts."""

    settings: Settings
    keys: KeyRing
    profiles: Profiles
    subscribers: Subscribers
    providers: Mapping[str, ProofProvider]

    @classmethod
    def read(
        cls, settings: Settings, providers: Mapping[str, ProofProvider] | None = None
    ) -> Self:
        """Read the files that the settings name, or raise what is wrong with them."""
        settings.check_production()
        known = providers or {}
        if settings.profiles_dir is None:
            raise SettingWrongError("AGEGATE_PROFILES_DIR is not set")
        profiles = read_profiles(settings.profiles_dir, providers=known.keys())
        _check_phones(settings, profiles)
        return cls(
            settings=settings,
            keys=KeyRing.parse(_text(settings.keys_file, "AGEGATE_KEYS_FILE")),
            profiles=profiles,
            subscribers=read_subscribers(settings.subscribers_file, profiles),
            providers=known,
        )


def _check_phones(settings: Settings, profiles: Profiles) -> None:
    """Refuse to start where phones are confirmed, and no code could ever be sent."""
    asking = [app for app, one in profiles.items() if ContactKind.PHONE in one.confirms]
    if settings.production and asking and not settings.sms_url:
        raise SettingWrongError(
            f"AGEGATE_SMS_URL is not set, and {', '.join(asking)} confirms phones"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Every flow, ready to be used."""

    given: Given
    pool: Pool
    clock: Clock
    passwords: Passwords
    vault: Vault
    signing_keys: SigningKeys
    outbox: Outbox
    messages: Messages
    requests: GuardianRequests
    gate: GateFlows
    steps: StepFlows
    contacts: ContactFlows
    registration: RegistrationFlows
    timers: RegistrationTimers
    guardians: GuardianFlows
    proofs: ProofFlows


def join(given: Given, *, pool: Pool, clock: Clock, passwords: Passwords) -> Parts:
    """Join the parts."""
    keys, base_url = given.keys, given.settings.base_url
    vault = Vault(keys=keys)
    outbox = Outbox(given.subscribers)
    messages = Messages(base_url=base_url)
    accounts = AccountFlows(keys=keys, outbox=outbox)
    decisions = AgeDecisions(jurisdictions=read_jurisdictions())
    gate = GateFlows(
        pool=pool,
        clock=clock,
        keys=keys,
        decisions=decisions,
        outbox=outbox,
    )
    requests = GuardianRequests(
        base_url=base_url, keys=keys, messages=messages, outbox=outbox
    )
    progress = Progress(
        profiles=given.profiles,
        keys=keys,
        vault=vault,
        decisions=decisions,
        accounts=accounts,
        requests=requests,
        messages=messages,
        outbox=outbox,
    )
    steps = StepFlows(pool=pool, clock=clock, requests=requests, progress=progress)
    contacts = ContactFlows(
        pool=pool,
        clock=clock,
        keys=keys,
        vault=vault,
        accounts=accounts,
        progress=progress,
        messages=messages,
        outbox=outbox,
    )
    return Parts(
        given=given,
        pool=pool,
        clock=clock,
        passwords=passwords,
        vault=vault,
        signing_keys=SigningKeys(signatures=Signatures.of(keys)),
        outbox=outbox,
        messages=messages,
        requests=requests,
        gate=gate,
        steps=steps,
        contacts=contacts,
        registration=RegistrationFlows(
            clock=clock,
            passwords=passwords,
            vault=vault,
            gate=gate,
            decisions=decisions,
            accounts=accounts,
            contacts=contacts,
            steps=steps,
            progress=progress,
            outbox=outbox,
        ),
        timers=RegistrationTimers(
            pool=pool,
            clock=clock,
            decisions=decisions,
            requests=requests,
            progress=progress,
            messages=messages,
            outbox=outbox,
        ),
        guardians=GuardianFlows(
            pool=pool,
            clock=clock,
            waiting=progress,
            requests=requests,
            accounts=accounts,
            vault=vault,
            messages=messages,
            outbox=outbox,
        ),
        proofs=ProofFlows(
            pool=pool,
            clock=clock,
            providers=given.providers,
            waiting=progress,
            gate=gate,
            decisions=decisions,
            outbox=outbox,
        ),
    )
