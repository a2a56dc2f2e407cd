"""Two people of the operator look at a signed form, and decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.audit import log as audit
from service.consent_forms import store
from service.domain.actors import OPERATOR
from service.domain.audit import Entry
from service.domain.consent import Verdict
from service.domain.consent_forms import FormId, SignedForm
from service.domain.consent_methods import Method
from service.domain.messages import FormRejected
from service.domain.profiles import Purpose
from service.domain.refusals import FormUnknown
from service.guardians.asked import Asked
from service.guardians.letters import to_guardian
from service.guardians.resending import Resending
from service.guardians.verifying import Decided, Verifying
from service.kit.clock import Clock
from service.kit.database import Connection, Pool, transaction
from service.kit.database import connection as reading
from service.messages.flows import Messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A form as a reviewer sees it, with what it should say."""

    form: SignedForm
    purposes: Sequence[Purpose]
    policy_version: str
    picture: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReviews:
    """The forms that wait for two people.

    Whoever decides has the lock of the registration or account, so that of many who
    decide at once each sees what the one before has left.
    """

    pool: Pool
    clock: Clock
    verifying: Verifying
    resending: Resending
    messages: Messages

    async def every(self) -> Sequence[SignedForm]:
        """Return the forms that wait, the oldest first."""
        async with reading(self.pool) as connection:
            return await store.every(connection)

    async def show(self, form_id: FormId, *, reviewer: str) -> Shown:
        """Return what a form looks like, and write down who looked.

        Raises FormUnknown.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            form, asked = await self._lock(connection, form_id, now=now)
            picture = await store.open_picture(connection, form_id, asked.key)
            await _note(connection, form, "shown", now=now, operator=reviewer)
        pending = asked.request.pending
        chosen = () if pending is None else pending.purposes
        return Shown(
            form=form,
            purposes=[one for one in asked.profile.purposes if one.id in chosen],
            policy_version=asked.policy.version,
            picture=picture,
        )

    async def approve(
        self, form_id: FormId, *, reviewer: str, reason: str
    ) -> Decided | None:
        """Say that a form counts; None while a second person has to say so.

        Then what was chosen is granted, and the picture is gone: its hash stays. Raises
        FormUnknown, or SecondOperatorNeeded for who has said it.
        """
        now = self.clock.now()
        told = {"operator": reviewer, "reason": reason}
        async with transaction(self.pool) as connection:
            form, asked = await self._lock(connection, form_id, now=now)
            if not form.is_accepted(reviewer):
                await store.approve(connection, form_id, reviewer)
                await _note(connection, form, "approved", now=now, **told)
                return None
            await _note(connection, form, "accepted", now=now, **told)
            await store.delete(connection, form_id)
            return await self.verifying.decide(
                connection,
                asked,
                Verdict.VERIFIED,
                Method.SIGNED_FORM,
                actor=OPERATOR,
                evidence=form.sha256,
                now=now,
            )

    async def reject(self, form_id: FormId, *, reviewer: str, reason: str) -> Decided:
        """Say that a form does not count; one person is enough.

        The guardian is written to, and may send another a few times. Raises
        FormUnknown.
        """
        now = self.clock.now()
        async with transaction(self.pool) as connection:
            form, asked = await self._lock(connection, form_id, now=now)
            told = {"operator": reviewer, "reason": reason}
            await _note(connection, form, "rejected", now=now, **told)
            await store.delete(connection, form_id)
            decided = await self.verifying.decide(
                connection,
                asked,
                Verdict.UNCERTAIN,
                Method.SIGNED_FORM,
                actor=OPERATOR,
                now=now,
            )
            if decided is Decided.TRY_AGAIN:
                await self._write(connection, asked, now=now)
        return decided

    async def _lock(
        self, connection: Connection, form_id: FormId, *, now: datetime
    ) -> tuple[SignedForm, Asked]:
        found = await store.find(connection, form_id)
        if found is None:
            raise FormUnknown
        asked = await self.verifying.lock(
            connection, found.consent_request_id, Method.SIGNED_FORM, now=now
        )
        form = await store.find(connection, form_id)  # now under the lock
        if form is None or asked is None:
            raise FormUnknown
        return form, asked

    async def _write(
        self, connection: Connection, asked: Asked, *, now: datetime
    ) -> None:
        link = await self.resending.link_anew(connection, asked, now=now)
        message = to_guardian(asked.request, FormRejected(link=link))
        await self.messages.queue(connection, message, key=asked.key, at=now)


async def _note(
    connection: Connection,
    form: SignedForm,
    what: str,
    *,
    now: datetime,
    **told: str,
) -> None:
    entry = Entry(
        app=form.app,
        subject_id=form.subject_id,
        actor=OPERATOR,
        action=f"consent.form_{what}",
        detail={"form": str(form.form_id), "sha256": form.sha256, **told},
    )
    await audit.record(connection, entry, at=now)
