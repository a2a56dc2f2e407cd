"""The commands about accounts: those that may be minors', and ways back."""

from datetime import datetime
from uuid import UUID

import click

from service.command_line.options import OPERATOR, REASON


@click.group()
def accounts() -> None:
    """See to accounts that may be minors', and to holders who are locked out."""


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
@click.option(
    "--operator",
    help="Who decides; kept in the action log. Needed where two have to.",
)
@REASON
def judge_account(
    account_id: UUID, born: str, reason: str, operator: str | None
) -> None:
    """Decide the review of an account by fresh evidence of the holder's age.

    Who is old enough goes on. Who needs a guardian stays suspended until one has
    consented. Who is too young for this operator is erased, as the profile says. An
    appeal ends by it. Where the profile wants two people, the second one has to come
    to the same decision under another name.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(accounts.judge(Settings.read(), account_id, born, reason, operator))


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


@accounts.command("reset-second-factors")
@click.argument("account_id", type=click.UUID)
@OPERATOR
@REASON
def reset_second_factors(account_id: UUID, operator: str, reason: str) -> None:
    """Let a holder try again whose hundred wrong codes closed the second factors.

    Make sure by other means who asks. The factors stay as they are, every session ends,
    and the holder is told. Where the profile wants two people, it is proposed, and a
    second operator decides the same under another name.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(
        accounts.reset_second_factors(Settings.read(), account_id, operator, reason)
    )


@accounts.command("appeals")
def list_appeals() -> None:
    """Show the appeals against reviews that wait, the oldest first.

    They are decided by a proof at the provider, or by judge.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(accounts.show_appeals(Settings.read()))


@accounts.command("move")
@click.argument("account_id", type=click.UUID)
@click.argument("country")
@click.option(
    "--evidence", is_flag=True, help="It was shown where they live: nothing waits."
)
@REASON
def move_account(
    account_id: UUID, country: str, reason: str, *, evidence: bool
) -> None:
    """Move an account to another COUNTRY (ISO 3166, such as DE or US-TX).

    Stricter law applies at once. Where less is asked, the account moves after the time
    that the profile sets (90 days), unless there is evidence.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(
        accounts.move(Settings.read(), account_id, country, reason, evidence=evidence)
    )


@accounts.command("impact")
@click.option(
    "--on",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="A day on which another law holds, YYYY-MM-DD.",
)
def show_impact(day: datetime) -> None:
    """Count the accounts that the law of a day decides otherwise; change nothing.

    By app, country and age group. Birthdays until then don't count.
    """
    from service.commands import accounts, running
    from service.settings import Settings

    running.run(accounts.impact(Settings.read(), day.date()))
