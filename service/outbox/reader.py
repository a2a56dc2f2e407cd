"""Reading the file of subscribers: all of it right, or every mistake named."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from service.domain.profiles import PolicyProfile
from service.kit.toml_files import FileMistake, FilesWrong, load, read_table
from service.outbox.schemas import SubscribersSection
from service.outbox.subscribers import Subscriber, Subscribers, check


def read_subscribers(
    path: Path | None, profiles: Mapping[str, PolicyProfile]
) -> Subscribers:
    """Return the subscribers in the file, or raise FilesWrong.

    Without a file nobody is told of anything.
    """
    every = () if path is None else read_file(path)
    mistakes = check(every, profiles, file="" if path is None else path.name)
    if mistakes:
        raise FilesWrong(mistakes)
    return Subscribers(every, {app: one.region for app, one in profiles.items()})


def read_file(path: Path) -> tuple[Subscriber, ...]:
    """Return the subscribers as they are written, or raise FilesWrong."""
    every = load(SubscribersSection(), read_table(path), file=path.name).subscribers
    wrong = [
        FileMistake(path.name, f"subscribers.{name}.name", "stands there twice")
        for name, count in Counter(one.name for one in every).items()
        if count > 1
    ]
    if wrong:
        raise FilesWrong(wrong)
    return every
