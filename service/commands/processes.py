"""The commands that run until they are told to stop."""

from service import worker
from service.app import serve as serve_web
from service.app import stop_signal
from service.commands.running import check_database, check_listeners, run
from service.dev.process import develop as run_dev
from service.dev.process import prepared
from service.dev.workplace import choose_settings
from service.kit import logs
from service.parts import Given
from service.settings import Settings


def serve() -> None:
    """Run a web process."""
    given = _read()
    check_listeners(given.settings)
    run(serve_web(given))


def work() -> None:
    """Run a worker."""
    run(_work(_read()))


async def _work(given: Given) -> None:
    await worker.work(given, stop_signal())


def develop() -> None:
    """Run everything at once, with a PostgreSQL of its own if need be."""
    settings = choose_settings()
    check_listeners(settings)
    with prepared(settings) as workplace:
        run(run_dev(workplace))


def _read() -> Given:
    settings = Settings.read()
    given = Given.read(settings)
    check_database(settings)
    logs.set_up(settings.log_level)
    return given
