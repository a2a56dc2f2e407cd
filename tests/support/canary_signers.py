"""A marked guardian who signs by hand, and sends what is wrong first."""

from tests.support.families import Family
from tests.support.scans import a_jpeg
from tests.support.service import Service
from tests.support.signers import Signer, approve, reject, upload


async def sign_by_hand(service: Service, family: Family, mark: str) -> list[str]:
    """Let *mark* stand in a form, its name and its mistakes; return the secrets."""
    signer, scan, raw = Signer(service, family), a_jpeg(mark.encode()), mark.encode()
    link = {"link_token": family.link}
    await upload(service, link, scan, f"{mark}.jpg")
    assert (await signer.choose(mark)).status == 422
    assert (await signer.choose()).status == 202
    for fields in ({"link_token": mark}, {mark: mark}, {**link, "browser_token": mark}):
        await upload(service, fields, scan, f"{mark}.jpg")
    for file in (raw, b"", scan[:-2], raw + scan):
        await upload(service, link, file, f'{mark}"; name="{mark}')
    form_id = await signer.sign(file=scan + raw)
    assert (await upload(service, link, scan, mark)).status == 409
    await service.parts.form_reviews.show(form_id, reviewer="kim")
    await reject(service, form_id)
    signer = await signer.written_to()
    form_id = await signer.sign(file=scan)
    for reviewer in ("kim", "lee"):
        await approve(service, form_id, reviewer)
    return [family.link, signer.family.link]
