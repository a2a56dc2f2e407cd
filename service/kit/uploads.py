"""One file and a few short fields in a multipart body, read into bounded memory."""

import asyncio
import warnings
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.multipart import BadContentDispositionHeader, BadContentDispositionParam

from service.domain.refusals import (
    BodyTooLarge,
    BodyTooSlow,
    Refusal,
    ServiceBusy,
    UploadMalformed,
)
from service.kit.web import BODY_DEADLINE

UPLOAD_SECONDS: Final = 20.0
FIELDS: Final = 10
FIELD_BYTES: Final = 512
AROUND: Final = 16 * 1024
"""What boundaries, headers and short fields take beside the file."""

CHUNK: Final = 64 * 1024

# They would write what a client calls its file on standard error.
for _category in (BadContentDispositionHeader, BadContentDispositionParam):
    warnings.filterwarnings("ignore", category=_category)


@dataclass(slots=True)
class Places:
    """How many files are read at once: each takes its size in memory."""

    free: int = 8

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place, or raise ServiceBusy at once."""
        if self.free <= 0:
            raise ServiceBusy
        self.free -= 1
        try:
            yield
        finally:
            self.free += 1


@dataclass(slots=True)
class Upload:
    """A body that is read as far as is asked for: the fields, and then the file.

    The *fields* stand before the file, so that who sends it is known before it is read.
    """

    request: web.Request
    most: int
    fields: dict[str, str] = field(default_factory=dict)
    _file: BodyPartReader | None = None

    async def read_fields(self, names: Collection[str], file: str) -> None:
        """Read what stands before the part called *file*, at most *names*."""
        _expect_multipart(self.request)
        if (self.request.content_length or 0) > self.most + AROUND:
            raise BodyTooLarge
        async with _reading(self.request):
            reader = await self.request.multipart()
            for _ in range(FIELDS):
                part = await reader.next()
                if not isinstance(part, BodyPartReader) or _is_encoded(part):
                    raise UploadMalformed
                if part.name == file:
                    self._file = part
                    return
                name = part.name or ""
                if name not in names or name in self.fields:
                    raise UploadMalformed
                chunks = _chunks(part, FIELD_BYTES, UploadMalformed)
                self.fields[name] = _text(b"".join([one async for one in chunks]))
        raise UploadMalformed

    async def read_file(self) -> bytes:
        """Return the file, or raise BodyTooLarge before there is more than allowed."""
        if self._file is None:
            raise UploadMalformed
        found = bytearray()
        async with _reading(self.request):
            async for chunk in _chunks(self._file, self.most, BodyTooLarge):
                found += chunk
        return bytes(found)


async def _chunks(
    part: BodyPartReader, most: int, too_large: type[Refusal]
) -> AsyncGenerator[bytes]:
    size = 0
    while chunk := await part.read_chunk(CHUNK):
        size += len(chunk)
        if size > most:
            raise too_large
        yield chunk


def _text(raw: bytes) -> str:
    text = raw.decode()
    if "\x00" in text:
        raise UploadMalformed
    return text


def _is_encoded(part: BodyPartReader) -> bool:
    """Tell whether a part is not sent as it is (RFC 7578, 4.7: nobody does so)."""
    plain = {"binary", "7bit", "8bit"}
    encoding = part.headers.get("Content-Transfer-Encoding", "binary").lower()
    return encoding not in plain or "Content-Encoding" in part.headers


def _expect_multipart(request: web.Request) -> None:
    plain = request.headers.get("Content-Encoding", "identity") == "identity"
    if request.content_type != "multipart/form-data" or not plain:
        raise UploadMalformed


@asynccontextmanager
async def _reading(request: web.Request) -> AsyncGenerator[None]:
    """Turn what can go wrong with a body into refusals, under its deadline."""
    try:
        async with asyncio.timeout(request.app.get(BODY_DEADLINE, UPLOAD_SECONDS)):
            yield
    except TimeoutError as error:
        raise BodyTooSlow from error
    except web.HTTPRequestEntityTooLarge as error:
        raise BodyTooLarge from error
    except ConnectionResetError as error:  # the client went away: no fault of ours
        raise UploadMalformed from error
    except (
        AssertionError,  # aiohttp's words for a body that ends in the middle
        HttpProcessingError,
        RuntimeError,
        RuntimeWarning,
        ValueError,
    ) as error:
        raise UploadMalformed from error
