"""Reading the file of subscribers: all of it right, or every mistake named."""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, cast

from marshmallow import ValidationError

from service.domain.profiles import PolicyProfile
from service.outbox.schemas import NAME, SubscriberSection
from service.outbox.subscribers import Subscriber, Subscribers, check
from service.profiles.reader import Mistake

KEY: Final = "subscribers"


class SubscribersWrong(Exception):  # noqa: N818 -- an operator's mistakes, not a fault
    """The file can't be used as it is; *mistakes* names everything wrong."""

    def __init__(self, mistakes: Collection[Mistake]) -> None:
        """Name every mistake, one a line."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


def read_subscribers(
    path: Path | None, profiles: Mapping[str, PolicyProfile]
) -> Subscribers:
    """Return the subscribers in the file, or raise SubscribersWrong.

    Without a file nobody is told of anything.
    """
    every = () if path is None else read_file(path)
    mistakes = check(every, profiles, file="" if path is None else path.name)
    if mistakes:
        raise SubscribersWrong(mistakes)
    return Subscribers(every, {app: one.region for app, one in profiles.items()})


def read_file(path: Path) -> tuple[Subscriber, ...]:
    """Return the subscribers as they are written, or raise SubscribersWrong."""
    try:
        table = tomllib.loads(path.read_bytes().decode())
    except (OSError, UnicodeDecodeError):
        raise SubscribersWrong([Mistake(path.name, "", "can't be read")]) from None
    except tomllib.TOMLDecodeError as error:
        what = f"is not TOML: {error}"
        raise SubscribersWrong([Mistake(path.name, "", what)]) from None
    sections = table.pop(KEY, [])
    wrong = [Mistake(path.name, key, "is not known") for key in table]
    every = []
    if not isinstance(sections, list):
        raise SubscribersWrong([Mistake(path.name, KEY, f"must be [[{KEY}]]")])
    for place, section in enumerate(sections):
        try:
            every.append(cast("Subscriber", SubscriberSection().load(section)))
        except ValidationError as error:
            key = f"{KEY}.{_name(section, place)}"
            messages = cast("object", error.messages)
            wrong += [Mistake(path.name, *one) for one in _flat(messages, key)]
    for name, count in Counter(one.name for one in every).items():
        if count > 1:
            wrong.append(Mistake(path.name, f"{KEY}.{name}.name", "stands there twice"))
    if wrong:
        raise SubscribersWrong(wrong)
    return tuple(every)


def _name(section: object, place: int) -> str:
    """Return what the subscriber is called, where that is a name, or its place."""
    name = section.get("name") if isinstance(section, dict) else None
    return name if isinstance(name, str) and NAME.fullmatch(name) else str(place)


def _flat(messages: object, key: str) -> Iterator[tuple[str, str]]:
    """Yield each of marshmallow's nested messages with its dotted key."""
    match messages:
        case dict():
            for name, inner in messages.items():
                yield from _flat(inner, key if name == "_schema" else f"{key}.{name}")
        case list():
            for inner in messages:
                yield from _flat(inner, key)
        case _:
            yield key, str(messages)
