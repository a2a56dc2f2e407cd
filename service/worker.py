"""The composition root of the worker: sends events and messages, keeps the timers."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
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
from service.kit.traces import Traces, open_traces
from service.messages import metrics as message_metrics
from service.messages.adapters import EmailSender, NoSms, SmsSender
from service.messages.render import Renderer
from service.messages.send import Sender
from service.messages.sms import HttpSmsSender
from service.messages.smtp import SmtpSender
from service.messages.traced import TracedEmail, TracedSms
from service.outbox import metrics as outbox_metrics
from service.outbox.dispatch import Dispatcher
from service.outbox.lanes import Lane
from service.outbox.traced import TracedTransport
from service.outbox.transport import Transport
from service.outbox.transports import open_transports
from service.parts import Given, Parts, join, make_passwords
from service.settings import SettingWrongError

POLL_SECONDS: Final = 0.25
TIMER_SECONDS: Final = 5.0
BIRTHDAY_SECONDS: Final = 20.0
POLICY_SECONDS: Final = 60.0
MEASURE_SECONDS: Final = 15.0
SWEEP_SECONDS: Final = 600.0
FINISH_SECONDS: Final = 8.0

Sweep = Callable[[Connection], Awaitable[int]]
Finish = Callable[[], Awaitable[None]]
Watched = Callable[[Parts], AbstractAsyncContextManager[None]]


async def nothing_more() -> None:
    """Finish at once: a step leaves nothing under way."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A step that is done again and again, after a pause when there was nothing.

    *finish* waits for what steps have left under way.
    """

    name: str
    step: Step
    idle_seconds: float
    finish: Finish = nothing_more


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """How the worker reaches the world."""

    email: EmailSender
    sms: SmsSender
    transport: Transport

    def under(self, traces: Traces | None) -> "Outlets":
        """Return the same with a span around whatever leaves, where traces are on."""
        if traces is None:
            return self
        return Outlets(
            email=TracedEmail(sender=self.email, traces=traces),
            sms=TracedSms(sender=self.sms, traces=traces),
            transport=TracedTransport(transport=self.transport, traces=traces),
        )


async def work(given: Given, stopping: asyncio.Event, *, watched: Watched) -> None:
    """Do the background work until *stopping* is set; any number may run at once.

    *watched* is entered around it, with the parts.
    """
    settings = given.settings
    pool = await make_pool(
        settings.database_url,
        max_size=settings.database_connections,
        application="agegate-worker",
    )
    async with (
        pool,
        open_outlets(given) as outlets,
        open_traces(settings.otel_endpoint) as traces,
    ):
        await migrations.check(pool)
        passwords = make_passwords(settings)
        parts = join(given, pool=pool, clock=SystemClock(), passwords=passwords)
        async with transaction(pool) as one:
            await parts.signing_keys.note(one, now=parts.clock.now())
        async with watched(parts):
            await run(make_loops(parts, outlets.under(traces)), stopping)


@asynccontextmanager
async def open_outlets(given: Given) -> AsyncGenerator[Outlets]:
    """Yield the mail server, the SMS provider and what carries events."""
    settings = given.settings
    if not settings.smtp_url or not settings.mail_from:
        raise SettingWrongError("AGEGATE_SMTP_URL or AGEGATE_MAIL_FROM is not set")
    email = SmtpSender.make(settings.smtp_url, settings.mail_from)
    async with (
        ClientSession() as session,
        open_transports(given.subscribers) as transport,
    ):
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
    lanes = [
        Lane(dispatcher=dispatcher, subscriber=one) for one in given.subscribers.every
    ]
    return [
        *(
            Loop(
                f"dispatch {lane.subscriber.name}", lane.step, POLL_SECONDS, lane.finish
            )
            for lane in lanes
        ),
        Loop("send", sender.step, POLL_SECONDS),
        Loop("expire", parts.timers.expire, TIMER_SECONDS),
        Loop("obligations", parts.obligations.step, TIMER_SECONDS),
        Loop("age_up", parts.timers.age_up, BIRTHDAY_SECONDS),
        Loop("consent", parts.consent_timers.step, TIMER_SECONDS),
        Loop("minor_reports", parts.minors.step, TIMER_SECONDS),
        Loop("moves", parts.moves.step, TIMER_SECONDS),
        Loop("age_appeals", parts.appeals.step, TIMER_SECONDS),
        Loop("guardian_sign_ins", parts.guardian_sign_ins.step, POLL_SECONDS),
        Loop(
            "guardian_recoveries",
            parts.guardian_ways.recovery.step,
            TIMER_SECONDS,
        ),
        Loop("bounces", parts.bounces.step, TIMER_SECONDS),
        Loop("come_of_age", parts.coming_of_age.step, BIRTHDAY_SECONDS),
        Loop("policy_changes", parts.policy_changes.step, POLICY_SECONDS),
        Loop("reset", parts.recovery.resets.step, POLL_SECONDS),
        Loop("forms", parts.forms_waiting.step, TIMER_SECONDS),
        Loop("warn", parts.warnings.step, TIMER_SECONDS),
        Loop("measure", partial(_measure, parts), MEASURE_SECONDS),
        Loop("sweep", partial(sweep, parts), SWEEP_SECONDS),
        Loop("partitions", partial(_add_partitions, parts), SWEEP_SECONDS),
        Loop("restored", partial(_take_over_restored, parts), SWEEP_SECONDS),
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
        tasks = [group.create_task(_run(one, stopping)) for one in loops]
        await stopping.wait()
        _, late = await asyncio.wait(tasks, timeout=finish_seconds)
        for task in late:
            task.cancel()


async def _run(loop: Loop, stopping: asyncio.Event) -> None:
    await run_forever(
        loop.step, name=loop.name, idle_seconds=loop.idle_seconds, stopping=stopping
    )
    await loop.finish()


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
        parts.forms.sweep,
        partial(parts.links.sweep, now=now),
        partial(parts.people.sweep, now=now),
        partial(parts.guardian_sign_ins.sweep, now=now),
        partial(parts.guardian_ways.recovery.sweep, now=now),
        partial(parts.proof_outcomes.sweep, now=now),
        partial(parts.sessions.sweep, now=now),
        partial(parts.tries.sweep, now=now),
        partial(parts.authenticators.sweep, now=now),
        partial(parts.records.sweep, now=now),
        partial(parts.security_links.sweep, now=now),
        partial(parts.recovery.resets.sweep, now=now),
        partial(parts.recovery.contact_changes.sweep, now=now),
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
            partial(
                parts.outbox.sweep_obligations, app=app, before=now - kept.receipts
            ),
            partial(parts.sessions.sweep_app, app=app, before=now - kept.sessions),
        ]
    if days := parts.given.settings.dead_letters_days:
        dead_before = now - timedelta(days=days)
        steps.append(partial(parts.outbox.sweep_dead_letters, before=dead_before))
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
            *await parts.sessions.other_apps(connection, known),
        }


async def _add_partitions(parts: Parts) -> int:
    async with transaction(parts.pool) as connection:
        return await parts.outbox.add_partitions(
            connection, parts.given.profiles.keys(), now=parts.clock.now()
        )


async def _take_over_restored(parts: Parts) -> int:
    async with transaction(parts.pool) as connection:
        return await parts.outbox.take_over_restored(connection)


async def _measure(parts: Parts) -> int:
    now = parts.clock.now()
    await message_metrics.measure(parts.pool, at=now)
    await parts.forms_waiting.measure(parts.given.profiles)
    await outbox_metrics.measure(parts.pool, parts.clock, parts.given.subscribers)
    return 0
