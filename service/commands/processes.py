# ruff: noqa: PLC0415 -- each process loads what it needs, so that it is ready soon
"""The commands that run until they are told to stop."""

import sys
from functools import partial

from service import app
from service.commands.running import (
    check_database,
    check_listeners,
    check_worker_listener,
    run,
)
from service.kit import logs
from service.parts import Given
from service.settings import Settings, table


def serve() -> None:
    """Run a web process."""
    given = _read()
    check_listeners(given.settings)
    run(app.serve(given))


def work() -> None:
    """Run a worker."""
    given = _read()
    check_worker_listener(given.settings)
    run(_work(given))


async def _work(given: Given) -> None:
    from service import worker

    stopping = app.stop_signal()
    await worker.work(given, stopping, watched=partial(app.watched, stopping))


def develop() -> None:
    """Run everything at once; the log goes to standard error, words to the person."""
    from service.dev import process
    from service.dev.workplace import choose_settings, prepared

    settings = choose_settings(Settings.read(), table())
    logs.set_up(settings.log_level, to=sys.stderr)
    check_listeners(settings)
    with prepared(settings) as workplace:
        run(process.develop(workplace))


def _read() -> Given:
    settings = Settings.read()
    given = Given.read(settings)
    check_database(settings)
    logs.set_up(settings.log_level)
    return given
