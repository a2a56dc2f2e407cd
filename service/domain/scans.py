"""What a scan of a paper may be: told by its content, whatever its name says.

A picture is kept to its own end: what somebody hung on behind it (another file, a page
of HTML, a short film) is dropped. A PDF is refused where it can't be cut like that.
"""

import re
from enum import StrEnum
from typing import Final

from service.domain.refusals import FormTypeWrong

PIECES: Final = 20_000
"""Of how many pieces a file may consist: a real one has some hundreds."""


class ScanKind(StrEnum):
    """A kind of file that can be taken."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"


SUFFIXES: Final = {
    ScanKind.JPEG: frozenset({".jpg", ".jpeg"}),
    ScanKind.PNG: frozenset({".png"}),
    ScanKind.PDF: frozenset({".pdf"}),
}
"""What a file of each kind may be called, so that nothing else opens it."""

MEDIA_TYPES: Final = {
    ScanKind.JPEG: "image/jpeg",
    ScanKind.PNG: "image/png",
    ScanKind.PDF: "application/pdf",
}

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_CHUNK: Final = re.compile(rb"[A-Za-z]{4}")

_JPEG: Final = b"\xff\xd8\xff"
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN: Final = 0xDA
_END: Final = 0xD9

_PDF: Final = re.compile(rb"%PDF-[12]\.[0-9][\r\n \t%]")
_PDF_END: Final = b"%%EOF"
_PDF_TAIL: Final = 1024
_PDF_ACTIVE: Final = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFile|EmbeddedFiles|RichMedia|XFA|Encrypt)\b"
)

_PDF_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


def whole(data: bytes) -> tuple[ScanKind, bytes]:
    """Return of what kind a file is, and the file to its own end.

    Raises FormTypeWrong for what is no whole JPEG, PNG or PDF, and for a PDF that is
    encrypted, holds other files or can do something (ISO 32000-2, 12.6.4).
    """
    if data.startswith(_PNG):
        return ScanKind.PNG, data[: _png_end(data)]
    if data.startswith(_JPEG):
        return ScanKind.JPEG, data[: _jpeg_end(data)]
    if _PDF.match(data):
        return ScanKind.PDF, data[: _pdf_end(data)]
    raise FormTypeWrong


def _png_end(data: bytes) -> int:
    """Return where a PNG ends: behind its IEND (RFC 2083, 3.2)."""
    at, seen = len(_PNG), set[bytes]()
    for number in range(PIECES):
        length = int.from_bytes(data[at : at + 4])
        name, at = data[at + 4 : at + 8], at + 12 + length
        if at > len(data) or not _CHUNK.fullmatch(name):
            break
        if (number == 0) is not (name == b"IHDR"):
            break
        if name == b"IEND" and b"IDAT" in seen:
            return at
        seen.add(name)
    raise FormTypeWrong


def _jpeg_end(data: bytes) -> int:
    """Return where a JPEG ends: behind its EOI (ITU-T T.81, B.1.1)."""
    at, framed, scanned = 2, False, False
    for _ in range(PIECES):
        found = _MARKER.match(data, at) or (scanned and _MARKER.search(data, at))
        if not found:
            break
        marker, at = data[found.end() - 1], found.end()
        if marker == _END:
            if scanned:
                return at
            break
        length = int.from_bytes(data[at : at + 2])
        if length < 2 or at + length > len(data):  # noqa: PLR2004 -- counts itself
            break
        at += length
        framed = framed or marker in _FRAMES
        if marker == _SCAN:
            if not framed:
                break
            scanned = True
    raise FormTypeWrong


def _pdf_end(data: bytes) -> int:
    """Return where a PDF ends: behind its last end mark (ISO 32000-2, 7.5.5)."""
    found = data.rfind(_PDF_END, max(0, len(data) - _PDF_TAIL))
    names = _PDF_ESCAPE.sub(lambda one: bytes.fromhex(one[1].decode()), data)
    if found < 0 or b"startxref" not in data or _PDF_ACTIVE.search(names):
        raise FormTypeWrong
    return found + len(_PDF_END)
