"""Looking for personal data in every column of every table."""

import base64
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from service.kit.database import Pool
from tests.support.databases import find_tables


@dataclass(frozen=True, order=True)
class Cell:
    """What stands in one column of one row, as text."""

    table: str
    column: str
    text: str

    @property
    def place(self) -> tuple[str, str]:
        return self.table.removeprefix("public."), self.column


async def cells(pool: Pool) -> list[Cell]:
    """Return all there is: bytes in hexadecimal, arrays and JSON as JSON."""
    found = []
    for table in await find_tables(pool):
        rows = await pool.fetch(f"SELECT to_jsonb(one)::text FROM {table} AS one")  # noqa: S608
        for (row,) in rows:
            for column, value in json.loads(row).items():
                text = value if isinstance(value, str) else _dump(value)
                found.append(Cell(table, column, text))
    return found


async def places_of(pool: Pool, *marks: str) -> set[tuple[str, str]]:
    """Return the tables and columns in which any of *marks* stands, however spelt."""
    wanted = {spelling for mark in marks for spelling in spellings(mark)}
    return {one.place for one in await cells(pool) if holds(one.text, wanted)}


async def places_of_id(pool: Pool, identifier: str) -> set[tuple[str, str]]:
    """Return the tables and columns in which a UUID stands, also as its bytes."""
    uuid = UUID(identifier)
    wanted = {str(uuid), uuid.hex, *_in_base64(uuid.bytes)}
    return {one.place for one in await cells(pool) if holds(one.text, wanted)}


def spellings(mark: str) -> set[str]:
    """Return *mark* plain, in hexadecimal, base64 and as a part of a URL."""
    raw = mark.encode()
    return {mark, raw.hex(), quote(mark, safe=""), *_in_base64(raw)}


def holds(text: str, wanted: Collection[str]) -> bool:
    """Tell whether *text* holds one of *wanted*, in upper or lower case."""
    folded = text.lower()
    return any(one in text or one.lower() in folded for one in wanted)


def _in_base64(raw: bytes) -> Iterator[str]:
    """Yield what *raw* looks like inside base64, wherever it begins in there."""
    for shift, unsure in enumerate((0, 2, 3)):
        coded = base64.b64encode(bytes(shift) + raw).decode()
        sure = coded[unsure : (shift + len(raw)) * 8 // 6]
        yield sure
        yield sure.replace("+", "-").replace("/", "_")


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
