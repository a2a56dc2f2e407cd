"""Every example in openapi.yaml is right, and everything has one."""

from collections.abc import Iterator

import pytest

from tests.support.contract import (
    DOCUMENT,
    Json,
    Operation,
    mistakes,
    operations,
    resolve,
    webhooks,
)


def test_every_example_is_right() -> None:
    found = [*_examples()]
    wrong = [
        f"{where}: {why}"
        for where, schema, value in found
        if (why := mistakes(schema, value))
    ]
    assert wrong == []
    assert len(found) > 250


@pytest.mark.parametrize(
    "operation", operations(), ids=lambda one: one.spec["operationId"]
)
def test_everything_sent_and_answered_has_an_example(operation: Operation) -> None:
    for where, media in _media(operation):
        assert "example" in media or media["examples"], where


def _examples() -> Iterator[tuple[str, Json, Json]]:
    """Yield every example of the document: where it stands, its schema, its value."""
    for kind in ("parameters", "headers"):
        for name, one in DOCUMENT["components"][kind].items():
            yield from _of(f"{kind} {name}", one)
    for operation in operations():
        for where, media in _media(operation):
            yield from _of(where, media)
    for name, spec in webhooks().items():
        for media in spec["requestBody"]["content"].values():
            yield from _of(name, media)


def _media(operation: Operation) -> Iterator[tuple[str, Json]]:
    """Yield every body that is sent to an operation, or answered by it."""
    where = operation.spec["operationId"]
    if operation.body is not None:
        yield where, operation.body
    for status, response in operation.responses.items():
        for media in response.get("content", {}).values():
            yield f"{where} {status}", media


def _of(where: str, one: Json) -> Iterator[tuple[str, Json, Json]]:
    if "example" in one:
        yield where, one["schema"], one["example"]
    for name, example in one.get("examples", {}).items():
        yield f"{where} {name}", one["schema"], resolve(example)["value"]
