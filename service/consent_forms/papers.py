"""A guardian prints what they agree to, signs it, and sends a picture of it."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from service.audit import log as audit
from service.consent_forms import store
from service.domain.accounts import AccountId
from service.domain.actors import Actor, ActorKind
from service.domain.audit import Entry
from service.domain.consent import ConsentRequest
from service.domain.consent_forms import GATHERED, FormId, SignedForm
from service.domain.consent_methods import Method
from service.domain.profiles import Purpose
from service.domain.refusals import ConsentLinkInUse, FormWaits, StepNotDue
from service.domain.scans import whole
from service.guardians.asked import Asked
from service.guardians.flows import GuardianFlows
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.kit.ids import new_id
from service.kit.secrets import KeyRing
from service.kit.tokens import Token
from service.kit.uploads import Places

PATH: Final = "/guardian/form"
REFERENCE_BYTES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on the form, and whether a signed one has come back."""

    asked: Asked
    purposes: Sequence[Purpose]
    reference: str
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormVerifier:
    """Makes sure who a guardian is by what they sign (COPPA 16 CFR 312.5(b)(2)(i))."""

    base_url: str

    async def begin(
        self, _: Connection, asked: Asked, _method: Method, *, now: datetime
    ) -> UUID:
        """Note nothing: until the form comes, there is nothing to note."""
        del now
        return asked.request.consent_request_id

    async def start(self, _: UUID) -> str:
        """Return where the guardian finds the form."""
        return f"{self.base_url}{PATH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormFlows:
    """What a guardian does with a form."""

    pool: Pool
    clock: Clock
    keys: KeyRing
    guardians: GuardianFlows
    places: Places = field(default_factory=Places)

    async def look(self, token: Token, *, browser: str | None) -> Paper:
        """Return what is to be signed by whoever has the link, and change nothing.

        Raises StepNotDue where the guardian has not chosen to sign.
        """
        asked = await self.guardians.look(token)
        if not self.guardians.browsers.has(asked.request, browser):
            raise ConsentLinkInUse
        purposes = _purposes(asked)
        request = asked.request
        async with reading(self.pool) as connection:
            sent = await store.is_waiting(
                connection, request.consent_request_id, request.verifications
            )
        return Paper(
            asked=asked,
            purposes=purposes,
            reference=self.reference(asked),
            is_sent=sent,
        )

    async def expect(self, token: Token, *, browser: str | None) -> Paper:
        """Return what is signed, before a signed form is taken; or raise FormWaits."""
        paper = await self.look(token, browser=browser)
        if paper.is_sent:
            raise FormWaits
        return paper

    async def send(self, token: Token, paper: Paper, file: bytes) -> SignedForm:
        """Keep a signed form, sealed, until two people have looked at it.

        Raises FormTypeWrong for anything but a picture or a PDF, and FormWaits where
        one was sent before.
        """
        now = self.clock.now()
        kind, scan = whole(file)
        form = SignedForm(
            form_id=FormId(new_id(now)),
            consent_request_id=paper.asked.request.consent_request_id,
            subject_id=paper.asked.request.registration_id,
            app=paper.asked.request.app,
            kind=kind,
            size=len(scan),
            sha256=sha256(scan).hexdigest(),
            reference=paper.reference,
            uploaded_at=now,
        )
        sealed = store.seal(scan, form.form_id, paper.asked.key)
        async with transaction(self.pool) as connection:
            asked = await self.guardians.lock(connection, token, now=now)
            _purposes(asked)
            if self.reference(asked) != paper.reference:
                raise StepNotDue  # answered otherwise, while the form was on its way
            added = await store.add(
                connection,
                form,
                asked.request.verifications,
                sealed,
                tell_at=now + GATHERED,
            )
            if not added:
                raise FormWaits
            await audit.record(connection, _entry(asked.request, form), at=now)
        return form

    def reference(self, asked: Asked) -> str:
        """Return the number on the paper: of these purposes, this policy, this try."""
        request = asked.request
        index = self.keys.blind_index(
            "signed form",
            str(request.consent_request_id),
            str(request.verifications),
            asked.policy.version,
            *(one.id for one in _purposes(asked)),
        )
        text = base64.b32encode(index[:REFERENCE_BYTES]).decode()
        return f"{text[:4]}-{text[4:]}"

    async def export(
        self, connection: Connection, account_id: AccountId
    ) -> Sequence[Mapping[str, object]]:
        """Return what is kept of forms about an account: not what they look like."""
        return [
            {
                "sent_at": one.uploaded_at,
                "kind": one.kind,
                "size": one.size,
                "sha256": one.sha256,
            }
            for one in await store.every_of(connection, account_id)
        ]

    async def sweep(self, connection: Connection) -> int:
        """Delete the forms of tries that are over; how many."""
        return await store.sweep(connection)


def signs(asked: Asked) -> bool:
    """Tell whether a guardian has said yes, and signs a form for it."""
    pending = asked.request.pending
    chosen = pending is not None and pending.method is Method.SIGNED_FORM
    return chosen and asked.request.is_verifying


def _purposes(asked: Asked) -> Sequence[Purpose]:
    """Return what the guardian chose to sign for, or raise StepNotDue."""
    pending = asked.request.pending
    if pending is None or not signs(asked):
        raise StepNotDue
    return [one for one in asked.profile.purposes if one.id in pending.purposes]


def _entry(request: ConsentRequest, form: SignedForm) -> Entry:
    return Entry(
        app=request.app,
        subject_id=request.registration_id,
        actor=Actor(ActorKind.GUARDIAN, request.guardian_id),
        action="consent.form_sent",
        detail={"form": str(form.form_id), "sha256": form.sha256, "kind": form.kind},
    )
