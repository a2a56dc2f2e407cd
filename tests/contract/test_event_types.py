"""Code, openapi.yaml and examples tell the same of every event."""

import json
from collections.abc import Mapping

import pytest
from jsonschema_rs import Draft202012Validator, meta

from service.domain.consent_methods import Method
from service.domain.event_types import EVENT_TYPES
from service.domain.events import EventType
from service.domain.told.entry import HOLDS
from service.gate.checks import Known
from service.outbox.catalogue import entry_of, example_of
from service.outbox.event_schemas import DIALECT, schema_of
from tests.support.contract import Json, resolve, webhooks
from tests.support.service import Service

OPENAPI_URL = "https://signup.example"

every_type = pytest.mark.parametrize("event_type", EventType)


def body_of(event_type: EventType) -> Mapping[str, Json]:
    spec = webhooks()[event_type]
    body: Mapping[str, Json] = spec["requestBody"]["content"][
        "application/cloudevents+json"
    ]
    return body


def test_every_type_is_described() -> None:
    assert set(EVENT_TYPES) == set(EventType)
    assert set(HOLDS["assurance"]) == {*Known, Method.SIGNED_FORM, None}


@every_type
def test_the_words_are_those_of_the_contract(event_type: EventType) -> None:
    told, spec = EVENT_TYPES[event_type], webhooks()[event_type]
    assert (told.summary, told.more) == (
        spec["summary"],
        " ".join(spec["description"].split()),
    )


@every_type
def test_the_schema_is_that_of_the_contract(event_type: EventType) -> None:
    assert meant(schema_of(event_type)) == meant(body_of(event_type)["schema"])


@every_type
def test_the_example_is_that_of_the_contract(event_type: EventType) -> None:
    example = json.loads(example_of(event_type, base_url=OPENAPI_URL))
    written = dict(body_of(event_type)["example"])
    for of_one_occurrence in ("id", "sequence"):
        del example[of_one_occurrence], written[of_one_occurrence]
    assert example == written


@every_type
def test_the_example_fits_the_schema_and_no_other(event_type: EventType) -> None:
    schema = json.loads(json.dumps(schema_of(event_type)))
    assert schema["$schema"] == DIALECT
    assert meta.is_valid(schema)
    validator = Draft202012Validator(schema, validate_formats=True)
    example = json.loads(example_of(event_type, base_url=OPENAPI_URL))
    assert [error.message for error in validator.iter_errors(example)] == []

    assert not validator.is_valid({**example, "type": "something.else"})
    for name in schema["properties"]["data"]["required"]:
        data = {key: value for key, value in example["data"].items() if key != name}
        assert not validator.is_valid({**example, "data": data}), name
    assert example["data"].keys() == schema["properties"]["data"]["properties"].keys()


@every_type
def test_a_receiver_may_be_told_more_one_day(event_type: EventType) -> None:
    validator = Draft202012Validator(schema_of(event_type))
    example = json.loads(example_of(event_type, base_url=OPENAPI_URL))
    data = {**example["data"], "of_tomorrow": 1}
    assert validator.is_valid({**example, "data": data, "traceparent": "00-1"})


async def test_anybody_can_read_the_catalogue(service: Service) -> None:
    response = await service.get("/v1/event-types")
    assert response.status == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    entries = (await response.json())["event_types"]
    base_url = service.parts.given.settings.base_url
    assert entries == [
        json.loads(json.dumps(entry_of(one, base_url=base_url))) for one in EventType
    ]


def meant(schema: Json) -> Json:
    """Return what a schema says, without its words and however it says it."""
    schema = resolve(schema)
    whole: dict[str, Json] = {}
    for part in schema.get("allOf", []):
        whole = merged(whole, meant(part))
    plain = {
        name: value
        for name, value in schema.items()
        if name not in {"$schema", "allOf", "description", "title"}
    }
    if "properties" in plain:
        plain["properties"] = {
            name: meant(one) for name, one in plain["properties"].items()
        }
    if "items" in plain:
        plain["items"] = meant(plain["items"])
    if "const" in plain:
        plain["enum"] = [plain.pop("const")]
    return narrowed(merged(whole, plain))


def merged(one: Json, other: Json) -> Json:
    """Return what holds where both do; the second narrows the first."""
    both = {**one, **other}
    if "enum" in one and "enum" in other:
        assert set(other["enum"]) <= set(one["enum"])
    for name in one.keys() & other.keys():
        if name == "required":
            both[name] = sorted({*one[name], *other[name]})
        elif name == "properties":
            both[name] = {**one[name], **other[name]} | {
                key: narrowed(merged(one[name][key], other[name][key]))
                for key in one[name].keys() & other[name].keys()
            }
    return both


def narrowed(schema: Json) -> Json:
    """Return the schema without a type where it lists values; in one order."""
    if "enum" in schema:
        values = sorted(schema["enum"], key=str)
        return {"enum": values}
    if "required" in schema:
        return {**schema, "required": sorted(schema["required"])}
    return schema
