"""A signed form is taken from whoever has the link, if it is one, and small enough."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator

import pytest
from aiohttp import ClientResponse

from service.domain.consent_forms import LARGEST
from service.kit.web import BODY_DEADLINE
from tests.support.scans import HTML, a_jpeg, a_pdf, a_png
from tests.support.service import Service
from tests.support.signers import UPLOAD, Signer, upload

HUNDRED = 100
NOBODYS = "x" * 43


@pytest.fixture
async def due(signer: Signer) -> Signer:
    """A guardian who chose to sign, and has sent nothing yet."""
    assert (await signer.choose()).status == 202
    return signer


async def code(response: ClientResponse) -> str:
    return str((await response.json())["code"])


@pytest.mark.parametrize("file", [a_jpeg(), a_png(), a_pdf()])
async def test_a_picture_or_a_document_is_taken(
    office: Service, due: Signer, file: bytes
) -> None:
    response = await due.send(file)

    assert response.status == 202
    sent, shown = await response.json(), await due.look()
    assert sent["reference"] == shown["reference"]
    assert shown["state"] == "waiting"
    (form,) = await office.parts.form_reviews.every()
    assert form.sha256 == sent["sha256"]


@pytest.mark.parametrize(
    "file", [b"", HTML, b"GIF89a", HTML + a_pdf(), a_jpeg()[:-2], b"\x00" * 5000]
)
async def test_anything_else_is_refused(
    office: Service, due: Signer, file: bytes
) -> None:
    response = await upload(office, {"link_token": due.family.link}, file, "form.jpg")
    assert response.status == 415
    assert await code(response) == "form_type_wrong"
    assert await office.count("consent_form") == 0


async def test_of_a_file_that_is_two_the_picture_is_kept(
    office: Service, due: Signer
) -> None:
    await due.send(a_jpeg(b"signed") + b"PK\x03\x04" + HTML)
    (form,) = await office.parts.form_reviews.every()
    shown = await office.parts.form_reviews.show(form.form_id, reviewer="kim")
    assert shown.picture == a_jpeg(b"signed")


async def test_a_file_that_is_too_large_is_not_read_to_its_end(
    office: Service, due: Signer
) -> None:
    response = await due.send(a_jpeg() + bytes(LARGEST))
    assert response.status == 413
    assert await code(response) == "body_too_large"

    async def endless() -> AsyncGenerator[bytes]:
        """Send without saying how much it will be."""
        yield _head(due.family.link)
        for _ in range(1000):
            yield bytes(64 * 1024)

    response = await office.client.post(
        UPLOAD,
        data=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert response.status == 413
    largest = a_jpeg() + bytes(LARGEST - len(a_jpeg()))
    assert (await due.send(largest)).status == 202


def _head(link: str) -> bytes:
    return (
        b'--b\r\nContent-Disposition: form-data; name="link_token"\r\n\r\n'
        + link.encode()
        + b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n'
        b"\r\n"
    )


async def test_one_that_does_not_arrive_is_not_waited_for(
    office: Service, due: Signer
) -> None:
    office.client.app._frozen = False  # noqa: SLF001
    office.client.app[BODY_DEADLINE] = 0.05
    never = asyncio.Event()

    async def slow() -> AsyncGenerator[bytes]:
        yield _head(due.family.link) + a_jpeg()[:20]
        await never.wait()

    response = await office.client.post(
        UPLOAD,
        data=slow(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert response.status == 408
    assert await code(response) == "body_too_slow"


PART = b'--b\r\nContent-Disposition: form-data; name="'
WHOLE = a_jpeg() + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b--\r\n",
        b"no boundary at all",
        b"\r\n" * 2000,
        PART + b'file"; filename="f"\r\n\r\n' + WHOLE,  # nobody's
        PART + b'link_token"\r\n\r\nLINK\r\n--b--\r\n',  # no file
        PART + b'other"\r\n\r\nx\r\n' + PART + b'file"\r\n\r\n' + WHOLE,
        (PART + b'link_token"\r\n\r\nLINK\r\n') * 2 + PART + b'file"\r\n\r\n' + WHOLE,
        PART + b'link_token"\r\n\r\n\xff\xfe\r\n' + PART + b'file"\r\n\r\n' + WHOLE,
        PART + b'link_token"\r\n\r\na\x00b\r\n' + PART + b'file"\r\n\r\n' + WHOLE,
        PART
        + b'link_token"\r\nContent-Transfer-Encoding: base64\r\n\r\nTElOSw==\r\n'
        + PART
        + b'file"\r\n\r\n'
        + WHOLE,
        PART
        + b'link_token"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--\r\n'
        + WHOLE,
        PART + b"\xff\xfe\r\n\r\nx\r\n" + WHOLE,
        PART + b'link_token"\r\n' + b"X: y\r\n" * 500 + b"\r\nLINK\r\n" + WHOLE,
        PART + b'link_token"\r\nX: ' + b"y" * 20_000 + b"\r\n\r\nLINK\r\n" + WHOLE,
        PART + b'_charset_"\r\n\r\n' + b"u" * 100 + b"\r\n" + WHOLE,
        PART + b'link_token"\r\n\r\nLINK',
        b"x" * 70_000,
    ],
)
async def test_a_body_that_can_not_be_read_is_refused(
    office: Service, due: Signer, body: bytes
) -> None:
    response = await office.client.post(
        UPLOAD,
        data=body.replace(b"LINK", due.family.link.encode()),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert (response.status, await code(response)) in {
        (400, "upload_malformed"),
        (422, "fields_wrong"),
    }
    assert await office.count("consent_form") == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/mixed; boundary=b"},
        {"Content-Type": f"multipart/form-data; boundary={'b' * 100}"},
        {
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Encoding": "gzip",
        },
    ],
)
async def test_another_kind_of_body_is_refused(
    office: Service, due: Signer, headers: dict[str, str]
) -> None:
    body = _head(due.family.link) + WHOLE
    response = await office.client.post(UPLOAD, data=body, headers=headers)
    assert (response.status, await code(response)) == (400, "upload_malformed")


async def test_too_long_a_field_is_refused(office: Service) -> None:
    response = await upload(office, {"link_token": "x" * 5000}, a_jpeg())
    assert (response.status, await code(response)) == (400, "upload_malformed")


async def test_nobody_sends_for_somebody_else(office: Service, due: Signer) -> None:
    response = await upload(office, {"link_token": NOBODYS}, a_jpeg())
    assert (response.status, await code(response)) == (404, "consent_link_unknown")
    mine, other = {"browser_token": "a" * 43}, {"browser_token": "b" * 43}
    link = {"link_token": due.family.link}
    opened = await office.post("/v1/consent-requests/open", {**link, **mine})
    assert opened.status == 200
    response = await upload(office, {**link, **other}, a_jpeg())
    assert (response.status, await code(response)) == (409, "consent_link_in_use")
    assert (await upload(office, link, a_jpeg())).status == 409
    assert (await upload(office, {**link, **mine}, a_jpeg())).status == 202


async def test_nothing_is_signed_before_it_is_chosen(signer: Signer) -> None:
    assert await code(await signer.send()) == "step_not_due"
    body = {"link_token": signer.family.link}
    shown = await signer.service.post("/v1/consent-requests/form", body)
    assert await code(shown) == "step_not_due"


async def test_of_a_hundred_forms_one_waits(office: Service, due: Signer) -> None:
    places = office.parts.forms.places.free

    sent = await asyncio.gather(*(due.send() for _ in range(HUNDRED)))

    ends = Counter([one.status for one in sent])
    assert ends.pop(202) == 1
    assert ends.keys() <= {409, 503}
    assert await office.count("consent_form") == 1
    assert office.parts.forms.places.free == places
    assert await code(await due.send()) == "form_waits"


async def test_when_every_place_is_taken_nothing_is_read(
    office: Service, due: Signer
) -> None:
    office.parts.forms.places.free = 0
    response = await due.send()
    assert (response.status, await code(response)) == (503, "service_busy")


async def test_nothing_on_the_form_was_typed_by_the_child(due: Signer) -> None:
    response = await due.service.post(
        "/v1/consent-requests/form", {"link_token": due.family.link}
    )
    text = await response.text()
    assert "kim-0" not in text
    assert due.family.guardian not in text
