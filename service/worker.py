"""The composition root of the worker: sends events and messages, keeps the timers."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import ClientSession

from service.audit import log as audit
from service.domain.periods import Retention
from service.domain.profiles import AppName
from service.kit import idempotency, limits, migrations
from service.kit.clock import SystemClock
from service.kit.database import Connection, make_pool, transaction
from service.kit.database import connection as reading
from service.kit.loops import Step, run_forever
from service.messages import metrics as message_metrics
from service.messages.adapters import EmailSender, NoSms, SmsSender
from service.messages.render import Renderer
from service.messages.send import Sender
from service.messages.sms import HttpSmsSender
from service.messages.smtp import SmtpSender
from service.outbox import metrics as outbox_metrics
from service.outbox.dispatch import Dispatcher
from service.outbox.transport import Transport, open_webhooks
from service.parts import Given, Parts, join, make_passwords
from service.settings import Settings, SettingWrongError

POLL_SECONDS: Final = 0.25
TIMER_SECONDS: Final = 5.0
BIRTHDAY_SECONDS: Final = 20.0
POLICY_SECONDS: Final = 60.0
MEASURE_SECONDS: Final = 15.0
SWEEP_SECONDS: Final = 600.0
FINISH_SECONDS: Final = 8.0

Sweep = Callable[[Connection], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Loop:
    """A step that is done again and again, after a pause when there was nothing."""

    name: str
    step: Step
    idle_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """How the worker reaches the world."""

    email: EmailSender
    sms: SmsSender
    transport: Transport


async def work(given: Given, stopping: asyncio.Event) -> None:
    """Do the background work until *stopping* is set; any number may run at once."""
    settings = given.settings
    pool = await make_pool(
        settings.database_url,
        max_size=settings.database_connections,
        application="agegate-worker",
    )
    async with pool, open_outlets(settings) as outlets:
        await migrations.check(pool)
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        async with transaction(pool) as one:
            await parts.signing_keys.note(one, now=parts.clock.now())
        await run(make_loops(parts, outlets), stopping)


@asynccontextmanager
async def open_outlets(settings: Settings) -> AsyncGenerator[Outlets]:
    """Yield the mail server, the SMS provider and the webhooks that are set."""
    if not settings.smtp_url or not settings.mail_from:
        raise SettingWrongError("AGEGATE_SMTP_URL or AGEGATE_MAIL_FROM is not set")
    email = SmtpSender.make(settings.smtp_url, settings.mail_from)
    async with ClientSession() as session, open_webhooks() as transport:
        sms: SmsSender = NoSms()
        if settings.sms_url:
            sms = HttpSmsSender(
                session=session, url=settings.sms_url, token=settings.sms_token
            )
        yield Outlets(email=email, sms=sms, transport=transport)


def make_loops(parts: Parts, outlets: Outlets) -> list[Loop]:
    """Return everything that is done again and again."""
    pool, clock, given = parts.pool, parts.clock, parts.given
    dispatcher = Dispatcher(
        pool=pool,
        clock=clock,
        transport=outlets.transport,
        base_url=given.settings.base_url,
    )
    sender = Sender(
        pool=pool,
        clock=clock,
        vault=parts.vault,
        profiles=given.profiles,
        renderer=Renderer(),
        email=outlets.email,
        sms=outlets.sms,
    )
    return [
        *(
            Loop(f"dispatch {one.name}", partial(dispatcher.step, one), POLL_SECONDS)
            for one in given.subscribers.every
        ),
        Loop("send", sender.step, POLL_SECONDS),
        Loop("expire", parts.timers.expire, TIMER_SECONDS),
        Loop("age_up", parts.timers.age_up, BIRTHDAY_SECONDS),
        Loop("consent", parts.consent_timers.step, TIMER_SECONDS),
        Loop("minor_reports", parts.minors.step, TIMER_SECONDS),
        Loop("guardian_sign_ins", parts.guardian_sign_ins.step, POLL_SECONDS),
        Loop("bounces", parts.bounces.step, TIMER_SECONDS),
        Loop("come_of_age", parts.coming_of_age.step, BIRTHDAY_SECONDS),
        Loop("policy_changes", parts.policy_changes.step, POLICY_SECONDS),
        Loop("measure", partial(_measure, parts), MEASURE_SECONDS),
        Loop("sweep", partial(sweep, parts), SWEEP_SECONDS),
    ]


async def run(
    loops: Collection[Loop],
    stopping: asyncio.Event,
    *,
    finish_seconds: float = FINISH_SECONDS,
) -> None:
    """Run every loop until *stopping* is set; what then takes too long is cut short.

    Cutting short loses nothing: what was under way is a lease that ends.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                run_forever(
                    one.step,
                    name=one.name,
                    idle_seconds=one.idle_seconds,
                    stopping=stopping,
                )
            )
            for one in loops
        ]
        await stopping.wait()
        _, late = await asyncio.wait(tasks, timeout=finish_seconds)
        for task in late:
            task.cancel()


async def sweep(parts: Parts) -> int:
    """Delete what was kept long enough, by each operator's periods (TM-14, TS-6).

    What is left of an app that has no profile any more is kept as long as an operator
    who says nothing keeps it. Returns how many rows went; runs again at once while
    there is more.
    """
    now, deleted = parts.clock.now(), 0
    steps: list[Sweep] = [
        partial(parts.gate.sweep, now=now),
        partial(idempotency.sweep, now=now),
        partial(limits.sweep, now=now),
        partial(parts.requests.sweep, now=now),
        partial(parts.links.sweep, now=now),
        partial(parts.people.sweep, now=now),
        partial(parts.guardian_sign_ins.sweep, now=now),
    ]
    periods = {one.app: one.retention for one in parts.given.profiles.values()}
    periods |= dict.fromkeys(await _apps_without_profile(parts), Retention())
    for app, kept in periods.items():
        steps += [
            partial(audit.sweep, app=app, before=now - kept.action_log),
            partial(parts.timers.sweep, app=app, before=now - kept.ended_registrations),
            partial(parts.messages.sweep, app=app, before=now - kept.messages),
            partial(parts.outbox.sweep, app=app, before=now - kept.events),
            partial(parts.receipts.sweep, app=app, before=now - kept.receipts),
        ]
    for step in steps:
        async with transaction(parts.pool) as connection:
            deleted += await step(connection)
    return deleted


async def _apps_without_profile(parts: Parts) -> set[AppName]:
    known = parts.given.profiles.keys()
    async with reading(parts.pool) as connection:
        return {
            *await audit.other_apps(connection, known),
            *await parts.timers.other_apps(connection, known),
            *await parts.messages.other_apps(connection, known),
            *await parts.outbox.other_apps(connection, known),
            *await parts.receipts.other_apps(connection, known),
        }


async def _measure(parts: Parts) -> int:
    now = parts.clock.now()
    await message_metrics.measure(parts.pool, at=now)
    await outbox_metrics.measure(parts.pool, parts.clock, parts.given.subscribers)
    return 0
