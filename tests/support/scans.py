"""Pictures and documents, small and whole, and what people make of them."""

from typing import Final
from zlib import compress, crc32


def _chunk(name: bytes, body: bytes) -> bytes:
    sum_ = crc32(name + body).to_bytes(4)
    return len(body).to_bytes(4) + name + body + sum_


def a_png(mark: bytes = b"") -> bytes:
    """Return a white dot, with *mark* as a text in it."""
    head = (1).to_bytes(4) * 2 + bytes([8, 0, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"tEXt", b"Comment\x00" + mark)
        + _chunk(b"IDAT", compress(b"\x00\xff"))
        + _chunk(b"IEND", b"")
    )


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


def a_jpeg(mark: bytes = b"") -> bytes:
    """Return the frame of a picture of one dot, with *mark* as a comment in it."""
    frame = bytes([8, 0, 1, 0, 1, 1, 1, 0x11, 0])
    return (
        b"\xff\xd8"
        + _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + _segment(0xFE, mark)
        + _segment(0xC0, frame)
        + _segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
        + b"\x12\xff\x00\x34\xff\xd0\x56"
        + b"\xff\xd9"
    )


def a_pdf(mark: bytes = b"", more: bytes = b"") -> bytes:
    """Return an empty page, with *mark* beside it and *more* in its catalogue."""
    return (
        b"%PDF-1.7\n%" + mark + b"\n1 0 obj<</Type/Catalog" + more + b">>endobj\n"
        b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )


HTML: Final = b"<html><script>alert(1)</script></html>"
