"""The commands that run processes."""

import gc

import click


@click.command()
def dev() -> None:
    """Run everything at once, to develop and to try out.

    Starts a PostgreSQL of its own (or uses AGEGATE_DATABASE_URL), a web process and a
    worker, with all profiles. What it needs is kept in .data, or in AGEGATE_DATA_DIR.
    Pages below /dev/ show the mail that was sent, the events that were told, and a
    clock that can be moved. Mail leaves this machine only where AGEGATE_SMTP_URL is
    set.

    Refused in production: when AGEGATE_ENV says so, or says nothing where a database,
    keys or an https address are set. Listens on this machine alone.
    """
    from service.commands.processes import develop

    develop()


@click.command()
def serve() -> None:
    """Run a web process: API, pages and admin listener.

    Run as many as you like. SIGTERM ends it when the requests under way are answered.
    """
    from service.kit import huge_pages

    huge_pages.begin_again_with_them("serve")
    gc.disable()  # what is loaded now stays: it is looked through from when we serve
    from service.commands import processes

    processes.serve()


@click.command()
def work() -> None:
    """Run a worker: messages, events and timers.

    Run as many as you like. SIGTERM ends it when the work under way is done.
    """
    from service.commands import processes

    processes.work()
