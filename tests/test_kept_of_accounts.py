"""Every table that tells of an account is shown to its holder, and erased.

The list is PostgreSQL's: a table that nobody has thought of fails the first test.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from service.domain.accounts import AccountId
from service.kit.database import Pool, transaction
from tests.mfa.device import Device
from tests.mfa.people import Owner as FactorOwner
from tests.support.holders import an_owner, ask_reset, read_all
from tests.support.service import Service

NEW = "ada@new.example.org"
WAITING = "ada@waiting.example.org"

# What leads to an account by foreign keys, however far, or names one by its id.
ABOUT_ACCOUNTS = """
WITH RECURSIVE about AS (
    SELECT 'account'::regclass AS found
    UNION
    SELECT conrelid::regclass
    FROM pg_constraint JOIN about ON confrelid = found
    WHERE contype = 'f'
)
SELECT found::text FROM about
UNION
SELECT oid::regclass::text
FROM pg_class JOIN pg_attribute ON attrelid = oid
WHERE
    relkind IN ('p', 'r')
    AND NOT relispartition
    AND relnamespace = 'public'::regnamespace
    AND attname IN ('account_id', 'subject_id')
"""

LEFT_BEHIND = """
SELECT conrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND confrelid = 'account'::regclass AND confdeltype <> 'c'
"""

SHOWN: Final = {
    "contact_change",
    "new_contact",
    "passkey",
    "password_reset",
    "recovery_code",
    "security_link",
    "session",
    "totp",
}

# Hashes, random numbers and counts, which would tell their holder nothing.
NOT_SHOWN: Final = {
    "failed_tries",
    "passkey_challenge",
    "passkey_holder",
    "refresh_token",
    "sign_in_challenge",
}

# The account itself: shown by GET /v1/account, and all of it goes with its row.
ITSELF: Final = {
    "account",
    "account_move",
    "age_appeal",
    "age_judgement",
    "age_watch",
    "appeal_proof",
    "consent_dispute",
    "consent_form",
    "consent_grant",
    "consent_link",
    "consent_objection",
    "consent_request",
    "consent_timer",
    "guardian_proof",
    "guardian_security_link",
    "guardianship",
    "policy_acceptance",
    "policy_change_told",
}

OTHERWISE: Final = {
    # With the data key, which unlocks them.
    "identifier",
    "message",
    "subject_key",
    # What was decided about the age, and done: without a word of who it was (TS-6).
    "age_decision",
    "audit_entry",
    # What was agreed to, and proven to whom: without a word of who it was (CP-11).
    "consent_receipt",
    # That somebody asked the same twice, for a day.
    "idempotency",
    # Which proof an age rests on, for its provider; it goes with the data key.
    "age_proof_result",
    # What others are told, so that they learn of the end.
    "outbox_delivery",
    "outbox_event",
    "outbox_obligation",
    "outbox_subject",
}


async def test_every_table_about_accounts_is_thought_of(pool: Pool) -> None:
    found = {row[0] for row in await pool.fetch(ABOUT_ACCOUNTS)}

    assert found == SHOWN | NOT_SHOWN | ITSELF | OTHERWISE


async def test_nothing_stays_when_an_account_goes(pool: Pool) -> None:
    assert await pool.fetch(LEFT_BEHIND) == []


async def test_it_is_shown_and_erased(service: Service) -> None:
    account_id = await a_busy_account(service)
    for table in SHOWN | NOT_SHOWN:
        assert await service.count(table) > 0, table

    shown = await export(service, account_id)

    assert shown.keys() == SHOWN
    assert [table for table, rows in shown.items() if not rows] == []
    await erase(service, account_id)
    for table in SHOWN | NOT_SHOWN:
        assert await service.count(table) == 0, table


async def a_busy_account(service: Service) -> AccountId:
    """Return the account of somebody who uses, or begins, all that there is."""
    owner = await an_owner(service)
    await owner.change_email(NEW)
    await owner.put("email", email=WAITING)
    await ask_reset(service, "plain", NEW)
    await read_all(service)
    account_id = AccountId(UUID(owner.id))
    factors = FactorOwner(service, account_id, NEW)
    await factors.enrol()
    await factors.add_passkey(Device())
    await factors.flows.passkeys.options(factors.holder())
    assert not await owner.sign_in("not the password", NEW)
    assert not await owner.sign_in(name=NEW)  # the second factor is asked for
    return account_id


async def export(service: Service, account_id: AccountId) -> Mapping[str, object]:
    """Return what the slices show, by the table that it is kept in."""
    parts, recovery = service.parts, service.parts.recovery
    async with transaction(service.pool) as connection:
        key = await parts.vault.key_of(connection, account_id)
        factors = await parts.authenticators.export(connection, account_id)
        contacts = await recovery.contact_changes.export(
            connection, account_id, key=key
        )
        return {
            "contact_change": [one for one in contacts if "changed_at" in one],
            "new_contact": [one for one in contacts if "waiting" in one],
            "passkey": factors["passkeys"],
            "password_reset": await recovery.resets.export(connection, account_id),
            "recovery_code": factors["recovery_codes"],
            "security_link": await parts.security_links.export(connection, account_id),
            "session": await parts.sessions.export(connection, account_id),
            "totp": factors["totp"],
        }


async def erase(service: Service, account_id: AccountId) -> None:
    """Have the slices erase what they keep, while the account is still there."""
    parts, recovery = service.parts, service.parts.recovery
    async with transaction(service.pool) as connection:
        await parts.sessions.erase(connection, account_id)
        await parts.authenticators.erase(connection, account_id)
        await parts.security_links.erase(connection, account_id)
        await recovery.contact_changes.erase(connection, account_id)
        await recovery.resets.erase(connection, account_id)
