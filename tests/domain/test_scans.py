"""A scan is what its content says: whole, of a kind that we take, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.refusals import FormTypeWrong
from service.domain.scans import ScanKind, whole
from tests.support.scans import HTML, a_jpeg, a_pdf, a_png

WHOLE = [
    (ScanKind.PNG, a_png(b"a note")),
    (ScanKind.JPEG, a_jpeg(b"a note")),
    (ScanKind.PDF, a_pdf(b"a note").rstrip()),
]


@pytest.mark.parametrize(("kind", "data"), WHOLE)
def test_a_whole_one_is_taken_as_it_is(kind: ScanKind, data: bytes) -> None:
    assert whole(data) == (kind, data)


@pytest.mark.parametrize(("kind", "data"), WHOLE)
def test_what_hangs_on_behind_it_is_dropped(kind: ScanKind, data: bytes) -> None:
    assert whole(data + b"\r\n" + HTML) == (kind, data)
    assert whole(data + b"PK\x03\x04" + bytes(100)) == (kind, data)


@pytest.mark.parametrize(("kind", "data"), WHOLE)
def test_one_that_is_cut_short_is_refused(kind: ScanKind, data: bytes) -> None:
    for end in range(len(data) - 1):
        with pytest.raises(FormTypeWrong):
            whole(data[:end])
    assert kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HTML,
        b"GIF89a" + bytes(100),
        b"\n" + a_pdf(),
        HTML + a_pdf(),
        HTML + a_png(),
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x89PNG\r\n\x1a\n" + bytes(1000),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff\xe0\x00\x02" * 30_000,
        b"\xff\xd8\xff\xda\x00\x02" + HTML + b"\xff\xd9",
        b"\xff\xd8" + b"\xff" * 100_000,
        a_pdf(more=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        a_pdf(more=b"/OpenAction<</S/Launch/F(calc.exe)>>"),
        a_pdf(more=b"/AA<</O<</S/Java#53cript/JS(app.alert(1))>>>>"),
        a_pdf(more=b"/Names<</EmbeddedFiles 2 0 R>>"),
        a_pdf(more=b"/Encrypt 3 0 R"),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormTypeWrong):
        whole(data)


@given(
    head=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-1.4\n"]),
    rest=st.binary(max_size=300),
)
def test_whatever_comes_it_is_cut_or_refused(head: bytes, rest: bytes) -> None:
    try:
        _, data = whole(head + rest)
    except FormTypeWrong:
        return
    assert (head + rest).startswith(data)
