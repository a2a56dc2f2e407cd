"""The composition root of `agegate dev`: web, worker and what looks into them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

import click
from aiohttp import ClientSession

from service import routes, worker
from service.age_assurance.http_provider import configured
from service.app import listening, make_app, stop_signal
from service.dev import handlers, pages, sandbox
from service.dev.clock import DevClock
from service.dev.journal import Journal
from service.dev.mailbox import KeptEmail, KeptSms
from service.dev.receiver import Receiver
from service.dev.routes import DEV
from service.dev.sandbox import SandboxProvider
from service.dev.time_travel import TimeTravel
from service.dev.workplace import Workplace
from service.kit import migrations
from service.kit.database import make_pool
from service.messages.sms import HttpSmsSender
from service.messages.smtp import SmtpSender
from service.outbox.reader import read_subscribers
from service.outbox.subscribers import Subscribers
from service.outbox.transports import open_transports
from service.parts import Given, join, make_passwords
from service.profiles.reader import Profiles, read_profiles
from service.service_tokens import read_tokens
from service.settings import SettingWrongError
from service.worker import Outlets

MORE_EVENTS: Final = 2000


async def develop(workplace: Workplace) -> None:
    """Serve everything until SIGTERM or SIGINT, then finish what is under way.

    A second signal ends the process at once.
    """
    settings, stopping = workplace.settings, stop_signal()
    clock = DevClock(workplace.directory / "clock.json")
    mailbox = Journal(workplace.directory / "mailbox.jsonl")
    events = Journal(workplace.directory / "events.jsonl", room=MORE_EVENTS)
    receiver = Receiver(events=events, clock=clock)
    given = _given(workplace, receiver)
    pool = await make_pool(
        settings.database_url, max_size=settings.database_connections
    )
    async with pool, _outlets(given, mailbox) as outlets:
        await migrations.migrate(pool)
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=clock, passwords=passwords)
        loops = worker.make_loops(parts, outlets)
        public = make_app(parts, (*routes.PUBLIC, *DEV), draining=stopping)
        public[handlers.MAILBOX], public[handlers.RECEIVER] = mailbox, receiver
        public[handlers.TIME_TRAVEL] = TimeTravel(
            clock=clock,
            timers=(
                parts.timers.age_up,
                parts.coming_of_age.step,
                parts.policy_changes.step,
                parts.consent_timers.step,
                parts.minors.step,
                parts.timers.expire,
            ),
            everything=tuple(loop.step for loop in loops),
        )
        admin = make_app(parts, routes.ADMIN, draining=stopping)
        async with (
            listening(admin, settings.admin_host, settings.admin_port),
            listening(public, settings.host, settings.port),
        ):
            _say_where(workplace, given.profiles)
            await worker.run(loops, stopping)
        passwords.close()


def _given(workplace: Workplace, receiver: Receiver) -> Given:
    """Read the operator's files; whoever takes proofs of age, a sandbox stands in."""
    settings = workplace.settings
    if settings.profiles_dir is None:
        raise SettingWrongError("AGEGATE_PROFILES_DIR is not set")
    profiles = _with_sandbox(read_profiles(settings.profiles_dir))
    named = {one.age_proof_provider or "" for one in profiles.values()}
    subscribers = read_subscribers(settings.subscribers_file, profiles)
    everything = receiver.as_subscriber(workplace.here, profiles)
    return Given(
        settings=settings,
        keys=workplace.keys,
        profiles=profiles,
        subscribers=Subscribers((*subscribers.every, everything), subscribers.regions),
        service_tokens=read_tokens(
            settings.service_tokens_file,
            [*(one.name for one in subscribers.every), everything.name],
        ),
        providers={
            **{name: SandboxProvider(name=name) for name in named},
            **configured(settings),
        },
    )


def _with_sandbox(profiles: Profiles) -> Profiles:
    """Return the profiles, the sandbox named where nobody takes proofs of age yet."""
    return Profiles(
        {
            app: replace(one, age_proof_provider=one.age_proof_provider or sandbox.NAME)
            for app, one in profiles.items()
        }
    )


@asynccontextmanager
async def _outlets(given: Given, mailbox: Journal) -> AsyncGenerator[Outlets]:
    """Yield the mailbox, and behind it the mail server and SMS provider if set."""
    settings = given.settings
    if settings.smtp_url and not settings.mail_from:
        raise SettingWrongError("AGEGATE_MAIL_FROM is not set, AGEGATE_SMTP_URL is")
    async with (
        ClientSession() as session,
        open_transports(given.subscribers) as transport,
    ):
        email, sms = KeptEmail(mailbox=mailbox), KeptSms(mailbox=mailbox)
        if settings.smtp_url:
            smtp = SmtpSender.make(settings.smtp_url, settings.mail_from)
            email = replace(email, onward=smtp)
        if settings.sms_url:
            http = HttpSmsSender(
                session=session, url=settings.sms_url, token=settings.sms_token
            )
            sms = replace(sms, onward=http)
        yield Outlets(email=email, sms=sms, transport=transport)


def _say_where(workplace: Workplace, apps: Profiles) -> None:
    """Tell the person at the terminal where to go."""
    settings = workplace.settings
    base_url = settings.base_url
    lines = {
        "Start here": [f"{base_url}/dev/"],
        "Sign-up pages": [f"{base_url}/sign-up/{app}" for app in apps],
        "Mailbox": [f"{base_url}/dev/mailbox"],
        "Events": [f"{base_url}/dev/events/page"],
        "Clock": [f"{base_url}/dev/clock/page"],
        "Admin listener": [pages.admin_url(settings)],
        "Data": [str(workplace.directory)],
    }
    click.echo("agegate dev is ready; Ctrl-C ends it, and the data stay.\n")
    for name, values in lines.items():
        click.echo(f"  {name:<15} " + f"\n{'':18}".join(values))
    click.echo()
