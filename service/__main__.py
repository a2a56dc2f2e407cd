# ruff: noqa: PLC0415 -- each command loads what it needs, so that --help is there at once
"""The command line: every command on one page, `agegate` or `python -m service`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec
from uuid import UUID

import click

from service import __version__

FILE = click.Path(path_type=Path)

P = ParamSpec("P")


class Commands(click.Group):
    """Ends what goes wrong in a clear line, never in a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; the exit code is 1 when it can't be done."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except BrokenPipeError:
            raise  # whoever reads has enough: click ends without a word
        except Exception as error:  # noqa: BLE001 -- told in a line, whatever it is
            from service.commands.mistakes import lines_of

            for line in lines_of(error):
                click.echo(line, err=True)
            ctx.exit(1)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
def main() -> None:
    """Run and look after an age gate and registration service.

    Settings are environment variables that begin with AGEGATE_; agegate settings shows
    them all. To look around, run agegate dev.
    """


@main.command()
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


@main.command()
def serve() -> None:
    """Run a web process: API, pages and admin listener.

    Run as many as you like. SIGTERM ends it when the requests under way are answered.
    """
    from service.commands import processes

    processes.serve()


@main.command()
def work() -> None:
    """Run a worker: messages, events and timers.

    Run as many as you like. SIGTERM ends it when the work under way is done.
    """
    from service.commands import processes

    processes.work()


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if one is pending.")
def migrate(*, check: bool) -> None:
    """Bring the database to the schema of this program.

    Applies every pending migration, each in a transaction of its own. May be run by
    several processes at once.
    """
    from service.commands import running, schema
    from service.settings import Settings

    step = schema.check if check else schema.migrate
    running.run(step(Settings.read()))


@main.group()
def profiles() -> None:
    """Check the operators' policy profiles."""


@profiles.command("check")
@click.argument("directory", metavar="[DIR]", type=FILE, required=False)
@click.option(
    "--development",
    is_flag=True,
    help="Leave open who takes proofs of age, as agegate dev does.",
)
def check_profiles(directory: Path | None, *, development: bool) -> None:
    """Name every mistake in the profiles of DIR, or of AGEGATE_PROFILES_DIR.

    One line for each: the file, the key, and what is wrong with it.
    """
    from service.commands import files

    files.check_profiles(directory, development=development)


@main.group(invoke_without_command=True)
@click.option("--check", is_flag=True, help="Only name the mistakes in the file.")
@click.pass_context
def subscribers(context: click.Context, *, check: bool) -> None:
    """Show the services that events are sent to.

    Where each lies, what it is told and why it may be, and how it is delivered to;
    no secret, and no more of its address than the host.
    """
    from service.commands import files

    if context.invoked_subcommand is not None:
        return
    if check:
        files.check_subscribers(None)
    else:
        files.show_subscribers()


@subscribers.command("check")
@click.argument("file", metavar="[FILE]", type=FILE, required=False)
def check_subscribers(file: Path | None) -> None:
    """Name every mistake in FILE, or in AGEGATE_SUBSCRIBERS_FILE.

    One line for each: the file, the key, and what is wrong with it.
    """
    from service.commands import files

    files.check_subscribers(file)


@main.group()
def events() -> None:
    """Look at what other services are told, and help them to receive it."""


@events.command("types")
@click.option("--json", "as_json", is_flag=True, help="With schemas and examples.")
def list_event_types(*, as_json: bool) -> None:
    """Show every type of event that a subscriber can be told.

    With --json, what GET /v1/event-types answers.
    """
    from service.commands import event_types

    event_types.show_types(as_json=as_json)


@events.command("simulate")
@click.option("--to", metavar="URL", required=True, help="Address of the receiver.")
@click.option(
    "--secret",
    metavar="whsec_…",
    help="What to sign with; of the subscriber with this address unless given.",
)
@click.option(
    "--type",
    "kinds",
    multiple=True,
    help="Only these, such as account.opened or consent.*; may be repeated.",
)
@click.option(
    "--allow-private",
    is_flag=True,
    help="Let the receiver be in our own networks, and without TLS.",
)
def simulate_events(
    *, to: str, secret: str | None, kinds: tuple[str, ...], allow_private: bool
) -> None:
    """Try out a receiver with a signed sample of every type of event.

    One comes twice, which a receiver takes and counts once; one is forged, one altered
    and one replayed, which it must refuse. All tell of a person who does not exist.
    Prints what was answered; fails where a correct receiver answers otherwise.
    """
    from service.commands import event_types, running

    right = running.run(
        event_types.simulate(
            to, secret=secret, kinds=kinds, allow_private=allow_private
        )
    )
    if not right:
        sys.exit(1)


def _which(command: Callable[P, None]) -> Callable[P, None]:
    """Give *command* the options that say which deliveries are meant."""
    for option in (
        click.option("--until", metavar="TIME", help="Of events before then."),
        click.option("--since", metavar="TIME", help="Of events from then on."),
        click.option("--subscriber", help="Owed to this subscriber."),
        click.option("--type", "kind", help="Of this type, or a family: account.*"),
        click.option("--subject", type=click.UUID, help="Of this account."),
        click.option("--event", type=click.UUID, help="Of this event."),
    ):
        command = option(command)
    return command


STATE = click.Choice(["pending", "dead", "delivered", "nobody"])


@events.command("list")
@_which
@click.option("--state", type=STATE, help="In this state.")
@click.option("--limit", "most", type=click.IntRange(1, 100_000), default=100)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_events(
    *, state: str | None, most: int, as_json: bool, **which: object
) -> None:
    """Show deliveries, newest first: what was told, to whom, and how that stands.

    pending waits for its turn or its next attempt; dead was tried for as long as the
    subscriber's time of retries; nobody was entitled. TIME is ISO 8601, in UTC unless
    it says otherwise.
    """
    from service.commands import events, running

    chosen = events.read_which(which)
    running.run(events.list_deliveries(chosen, state=state, most=most, as_json=as_json))


@events.command("show")
@click.argument("event", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def show_event(event: UUID, *, as_json: bool) -> None:
    """Show one event: what it tells, its deliveries, and who has acknowledged it."""
    from service.commands import events, running

    running.run(events.show_event(event, as_json=as_json))


@events.command("replay")
@_which
@click.option("--delivered", is_flag=True, help="Send again what was delivered.")
@click.option("--all", "everything", is_flag=True, help="All dead letters there are.")
def replay_events(*, delivered: bool, everything: bool, **which: object) -> None:
    """Send dead letters again, in order, with the same ids and numbers.

    Each is tried for the whole time of retries again; what was held back behind it
    follows. With --delivered, what a subscriber has taken and lost.
    """
    from service.commands import events, running

    if not (everything and not delivered) and not any(which.values()):
        raise click.UsageError("say which, or --all dead letters")
    running.run(events.replay(events.read_which(which), delivered=delivered))


@events.command("retry")
@_which
def retry_events(**which: object) -> None:
    """Try at once what waits for its next attempt, all unless you say which."""
    from service.commands import events, running

    running.run(events.retry(events.read_which(which)))


@events.command("drop")
@_which
@click.option("--state", type=click.Choice(["pending", "dead"]), help="In this state.")
@click.option("--reason", required=True, help="Why; it stands in the action log.")
def drop_events(*, state: str | None, reason: str, **which: object) -> None:
    """Never send these to their subscriber; what is held back behind them goes.

    What must be acknowledged stays open: see release. Name no person in the reason.
    """
    from service.commands import events, running

    if not (which["event"] or which["subject"] or which["subscriber"]):
        raise click.UsageError("say which --event, --subject or --subscriber")
    running.run(events.drop(events.read_which(which), state=state, reason=reason))


@events.command("open")
@click.option("--subscriber", help="That wait for this subscriber.")
@click.option("--limit", "most", type=click.IntRange(1, 100_000), default=100)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_open(*, subscriber: str | None, most: int, as_json: bool) -> None:
    """Show the erasures and withdrawals that somebody has not acknowledged yet."""
    from service.commands import events, running

    running.run(events.list_open(subscriber, most=most, as_json=as_json))


@events.command("release")
@click.option("--subscriber", required=True, help="Who is waited for no more.")
@click.option("--event", type=click.UUID, help="With this event; else all.")
@click.option("--reason", required=True, help="Why; it stands in the action log.")
def release(subscriber: str, *, event: UUID | None, reason: str) -> None:
    """Wait no more for a subscriber to acknowledge erasures and withdrawals.

    For one that has left the file; of one that is still in it, say which --event. The
    certificate names who was released. Name no person in the reason.
    """
    from service.commands import events, running

    running.run(events.release(subscriber, event, reason=reason))


@main.command()
def settings() -> None:
    """Show every setting and where its value comes from.

    Secrets are hidden. Each setting may also be given as a file, named by the variable
    with _FILE at its end.
    """
    from service.commands import files

    files.show_settings()


@main.group()
def keys() -> None:
    """Make and change the keys that seal personal data."""


@keys.command("generate")
@click.argument("file", type=FILE)
def generate_keys(file: Path) -> None:
    """Write a new keys file that only its owner may read.

    An existing FILE is never overwritten. AGEGATE_KEYS_FILE names it to the service.
    """
    from service.commands import keys

    keys.generate(file)


@keys.command("rotate")
@click.argument("file", type=FILE)
def rotate_keys(file: Path) -> None:
    """Put a new key into FILE, that every process is to know before one uses it.

    The first of three steps: start every process again, then run keys promote; start
    every process again, then run keys rewrap. Nothing is refused in between.
    """
    from service.commands import keys

    keys.rotate(file)


@keys.command("promote")
@click.argument("file", type=FILE)
def promote_keys(file: Path) -> None:
    """Make the newest key in FILE the primary one, which seals and signs from now on.

    Only after every process was started again since keys rotate: one that does not
    know the key can't read what the others make with it. The older keys stay, to read
    what they made. Every process has to start again to use the new key.
    """
    from service.commands import keys

    keys.promote(file)


@keys.command("rewrap")
def rewrap_keys() -> None:
    """Wrap every data key in the database by the primary key of AGEGATE_KEYS_FILE.

    Works beside a running service. Afterwards the older keys read nothing but what
    clients carry: registrations under way and tickets. They may leave the file when
    those have ended.
    """
    from service.commands import keys, running
    from service.settings import Settings

    running.run(keys.rewrap(Settings.read()))


@main.group()
def receipts() -> None:
    """Check receipts of consent."""


@receipts.command("verify")
@click.argument("file", type=FILE)
@click.option(
    "--keys",
    type=FILE,
    help="The published keys, as /.well-known/jwks.json has them.",
)
def verify_receipt(file: Path, keys: Path | None) -> None:
    """Check the signature of the receipt in FILE, and show what it says.

    FILE is the signed text, or the JSON that GET /v1/receipts/{id} answers. Nobody is
    asked: the keys come from the file named by --keys or, without it, from
    AGEGATE_KEYS_FILE. Receipts of which each names the one before may stand in one
    FILE, a line each: then the chain is checked as well.
    """
    from service.commands import receipts

    receipts.verify(file, keys)


@main.group()
def guardians() -> None:
    """See to guardians whose consent must not count."""


REASON = click.option("--reason", required=True, help="Why; kept in the action log.")


@guardians.command("bar")
@click.argument("guardian_id", type=click.UUID)
@REASON
def bar_guardian(guardian_id: UUID, reason: str) -> None:
    """Let everything fall at once that a guardian consented to, for every child.

    For a guardian who turned out to be a minor, or whose verification was revoked.
    """
    from service.commands import guardians, running
    from service.settings import Settings

    running.run(guardians.bar(Settings.read(), guardian_id, reason))


@guardians.command("remove")
@click.argument("account_id", type=click.UUID)
@click.argument("guardian_id", type=click.UUID)
@REASON
def remove_guardian(account_id: UUID, guardian_id: UUID, reason: str) -> None:
    """End a guardian's say about one account, and what they consented to for it."""
    from service.commands import guardians, running
    from service.settings import Settings

    running.run(guardians.remove(Settings.read(), account_id, guardian_id, reason))


@main.group()
def accounts() -> None:
    """See to accounts that may be minors'."""


@accounts.command("freeze")
@click.argument("account_id", type=click.UUID)
@REASON
def freeze_account(account_id: UUID, reason: str) -> None:
    """Suspend an account at once, until the age of its holder is reviewed."""
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(accounts.freeze(Settings.read(), account_id, reason))


@accounts.command("judge")
@click.argument("account_id", type=click.UUID)
@click.option(
    "--born",
    required=True,
    help="What fresh evidence says: YYYY, YYYY-MM or YYYY-MM-DD; used, and not kept.",
)
@REASON
def judge_account(account_id: UUID, born: str, reason: str) -> None:
    """Decide the review of an account by fresh evidence of the holder's age.

    Who is old enough goes on. Who needs a guardian stays suspended until one has
    consented. Who is too young for this operator is erased, as the profile says.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(accounts.judge(Settings.read(), account_id, born, reason))


@accounts.command("ask-guardian")
@click.argument("account_id", type=click.UUID)
@click.argument("contact")
@click.option("--language", default="en", show_default=True, help="Theirs (BCP 47).")
def ask_guardian_of_account(account_id: UUID, contact: str, language: str) -> None:
    """Write to the guardian of an account that was found to need one.

    CONTACT is an e-mail address, or a phone number that begins with +.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(accounts.ask_guardian(Settings.read(), account_id, contact, language))


@main.group()
def disputes() -> None:
    """Decide what guardians disagree about."""


@disputes.command("list")
def list_disputes() -> None:
    """Show the cases that wait, the oldest first: ids, and what was proposed."""
    from service.commands import disputes, running
    from service.settings import Settings

    running.run(disputes.show(Settings.read()))


@disputes.command("resolve")
@click.argument("dispute_id", type=click.UUID)
@click.option(
    "--outcome",
    type=click.Choice(["stand", "restore"]),
    required=True,
    help="What a guardian stopped stays off, or counts as never stopped.",
)
@click.option("--operator", required=True, help="Who decides; kept in the action log.")
@REASON
def resolve_dispute(dispute_id: UUID, outcome: str, operator: str, reason: str) -> None:
    """Decide a case; where the profile wants two people, propose or confirm it.

    The second operator has to decide the same under another name. Guardians who should
    have no say at all are removed by guardians remove.
    """
    from service.commands import disputes, running
    from service.settings import Settings

    running.run(
        disputes.resolve(Settings.read(), dispute_id, outcome, operator, reason)
    )


@main.group()
def tokens() -> None:
    """Make the tokens by which other services act here."""


@tokens.command("mint")
@click.argument("file", type=FILE)
@click.argument("name")
@click.option("--subscriber", help="Whose events it is for.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="What it may be used for; may be given several times.",
    type=click.Choice(["events:read", "events:acknowledge", "events:operate"]),
)
def mint_token(
    file: Path, name: str, *, subscriber: str | None, scopes: tuple[str, ...]
) -> None:
    """Add a new token called NAME to FILE, and show it, this once.

    FILE holds the token's hash alone; AGEGATE_SERVICE_TOKENS_FILE names it to the
    service, which reads it when it starts. To take a token back, delete its table.
    """
    from service.commands import tokens

    tokens.mint(file, name, scopes=scopes, subscriber=subscriber)


@main.group()
def passwords() -> None:
    """Choose what hashing a password costs."""


@passwords.command("calibrate")
@click.option(
    "--milliseconds",
    type=click.IntRange(10, 5000),
    default=250,
    show_default=True,
    help="How long one hash may take.",
)
@click.option(
    "--memory", default="64MiB", show_default=True, help="How much memory it may take."
)
@click.option(
    "--parallelism",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="How many lanes it has; one hash takes as many threads.",
)
def calibrate_passwords(milliseconds: int, memory: str, parallelism: int) -> None:
    """Measure this machine, and print the Argon2id settings that fit.

    Run it where serve runs, while nothing else does. The memory is lowered, and then
    the passes raised, until one hash takes as long as it may. Nothing is changed: put
    the lines into the settings of every web process.
    """
    from service.commands.calibration import calibrate
    from service.settings import Settings

    workers = Settings.read().hash_workers
    calibrate(milliseconds, memory, parallelism, workers)


@main.group()
def retention() -> None:
    """Delete what was kept long enough."""


@retention.command("run")
def run_retention() -> None:
    """Delete at once what the profiles' periods of retention are over for.

    Workers do the same every ten minutes.
    """
    from service.commands import retention, running
    from service.settings import Settings

    running.run(retention.run(Settings.read()))


@main.command()
def doctor() -> None:
    """Look at everything a process needs, and say what is wrong.

    The settings, the database and its migrations, the profiles, the subscribers, the
    keys, what hashing one password costs, and what Argon2 was built for.
    """
    from service.commands.doctor import examine
    from service.settings import Settings

    if not examine(Settings.read()):
        sys.exit(1)


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(f"agegate {__version__}")


if __name__ == "__main__":
    main(prog_name="agegate")
