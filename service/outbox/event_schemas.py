"""JSON Schemas of the events (draft 2020-12), made from the types they are told by.

They say what is there, and forbid nothing more: an event may gain fields, and a
receiver ignores those it doesn't know.
"""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from types import UnionType
from typing import Final, TypeAlias, get_args, get_origin, get_type_hints
from uuid import UUID

from service.domain.actors import Actor, ActorKind
from service.domain.event_types import EVENT_TYPES
from service.domain.events import Event, EventType
from service.domain.told.entry import HOLDS, Told, Values

Schema: TypeAlias = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

# Fields of an event that stand around its data, under CloudEvents' names.
AROUND: Final = frozenset({"type", "subject_id"})

WORDS: Final[Mapping[str, str]] = {
    "app": "The operator's app.",
    "cause": "Why it happened.",
    "actor": "Who caused it, and their id where they are a subject of ours.",
    "before": "What was before, where the type says so.",
    "after": "What is now, where the type says so.",
    "policy_version": "The version of the operator's policy that held.",
    "legal_ground": "Why it may be told.",
    "purposes": "What was agreed to.",
    "assurance": "How the age is known.",
    "age_band": "How old, as coarsely as the rules need it.",
    "receipt_id": "The receipt of a consent.",
}

ENVELOPE: Final[Mapping[str, Schema]] = {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {
        "description": "The same over all attempts: drop what you have had.",
        "type": "string",
        "format": "uuid",
    },
    "source": {
        "description": "The app, under the service's own address.",
        "type": "string",
        "format": "uri",
    },
    "subject": {
        "description": "The registration or the account; the two have the same id.",
        "type": "string",
        "format": "uuid",
    },
    "time": {
        "description": "When it happened.",
        "type": "string",
        "format": "date-time",
    },
    "datacontenttype": {"type": "string", "const": "application/json"},
    "sequence": {
        "description": "Counts the events of the subject from 1, as text that sorts.",
        "type": "string",
        "pattern": "^[0-9]{10}$",
    },
    "sequencetype": {"type": "string", "const": "Integer"},
}


def schema_of(event_type: EventType) -> Schema:
    """Return what every event of this type holds, in a schema that stands alone."""
    told = EVENT_TYPES[event_type]
    data = {
        name: {"description": WORDS[name], **_field(name, hint, told)}
        for name, hint in _hints().items()
    }
    return {
        "$schema": DIALECT,
        "title": event_type.value,
        "description": f"{told.summary} {told.more}",
        **_object(
            {**ENVELOPE, "type": {"const": event_type.value}, "data": _object(data)}
        ),
    }


def _object(properties: Mapping[str, Schema]) -> Schema:
    """Return an object in which every one of *properties* is always there."""
    return {
        "type": "object",
        "required": [*properties],
        "properties": dict(properties),
    }


def _hints() -> Mapping[str, object]:
    hints = get_type_hints(Event)
    return {
        one.name: hints[one.name] for one in fields(Event) if one.name not in AROUND
    }


def _field(name: str, hint: object, told: Told) -> Schema:
    """Return what the field *name* holds: by its type, and less where told so."""
    causes = told.causes or (told.example.cause,)
    values = {**HOLDS, **told.values, "cause": causes}.get(name)
    if values is not None:
        return _one_of(values)
    schema = _of(hint)
    if name in told.empty:
        return {**schema, "maxItems": 0}
    if name not in told.always:
        return schema
    is_list = schema.get("type") == "array"
    return {**schema, "minItems": 1} if is_list else {**schema, "type": "string"}


def _one_of(values: Values) -> Schema:
    plain = [None if one is None else str(one) for one in values]
    return {"const": plain[0]} if len(plain) == 1 else {"enum": plain}


def _of(hint: object) -> Schema:
    """Return the schema of a type on the page of events."""
    if isinstance(hint, UnionType):
        (inner,) = (one for one in get_args(hint) if one is not type(None))
        schema = _of(inner)
        return {**schema, "type": [schema["type"], "null"]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of(get_args(hint)[0])}
    if hint is UUID:
        return {"type": "string", "format": "uuid"}
    if hint is Actor:
        return _object({"type": _of(ActorKind), "ref": _of(UUID | None)})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return {"type": "string"}
