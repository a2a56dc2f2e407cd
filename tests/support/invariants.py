"""What must hold of the database after every request, whatever came before."""

from typing import Final

from service.kit.database import Pool

# Each finds the subjects of which the sentence before it is not true.
RULES: Final = {
    "events of a subject are numbered without a gap": """
        SELECT subject_id FROM outbox_event GROUP BY subject_id
        HAVING min(sequence) <> 1 OR max(sequence) <> count(*)
    """,
    "a registration is completed or ended, once": """
        SELECT subject_id FROM outbox_event
        WHERE event_type IN ('registration.completed', 'registration.ended')
        GROUP BY subject_id HAVING count(*) > 1
    """,
    "after the end nothing happens": """
        SELECT later.subject_id FROM outbox_event AS ended
        JOIN outbox_event AS later USING (subject_id)
        WHERE ended.event_type = 'registration.ended'
            AND later.sequence > ended.sequence
    """,
    "what has ended is gone": """
        SELECT registration_id FROM registration_end AS over
        WHERE EXISTS (
            SELECT 1 FROM registration AS live
            WHERE live.registration_id = over.registration_id
        ) OR EXISTS (
            SELECT 1 FROM account
            WHERE account.account_id = over.registration_id AND NOT over.completed
        )
    """,
    "every account rests on an age decision of its own": """
        SELECT account_id FROM account
        LEFT JOIN age_decision ON decision_id = age_decision_id
        WHERE subject_id IS DISTINCT FROM account_id
            OR age_decision.age_band IS DISTINCT FROM account.age_band
            OR decision = 'ask_proof'
    """,
    "everybody has one age decision": """
        SELECT subject_id FROM age_decision
        GROUP BY subject_id HAVING count(*) > 1
    """,
    "nobody who needs a guardian has an account without one": """
        SELECT account_id FROM account
        JOIN age_decision ON decision_id = age_decision_id
        WHERE (decision = 'ask_guardian' OR account.age_band = 'child')
            AND account.state <> 'suspended'
            AND NOT EXISTS (
                SELECT 1 FROM guardianship AS bond
                JOIN consent_grant AS granted ON granted.giver_id = bond.guardian_id
                WHERE bond.account_id = account.account_id
                    AND granted.account_id = account.account_id
                    AND granted.given_by = 'guardian'
                    AND granted.state IN ('active', 'provisional')
            )
    """,
    "nobody who needs no guardian has one": """
        SELECT bond.account_id FROM guardianship AS bond
        JOIN account USING (account_id)
        JOIN age_decision ON decision_id = age_decision_id
        WHERE decision <> 'ask_guardian' AND bond.ended_at IS NULL
    """,
    "every account has agreed to a policy": """
        SELECT account_id FROM account
        LEFT JOIN policy_acceptance USING (account_id)
        GROUP BY account_id HAVING count(policy_version) = 0
    """,
    "a data key belongs to somebody": """
        SELECT subject_id FROM subject_key
        WHERE NOT EXISTS (
            SELECT 1 FROM registration WHERE registration_id = subject_id
            UNION ALL SELECT 1 FROM account WHERE account_id = subject_id
            UNION ALL SELECT 1 FROM guardian WHERE guardian_id = subject_id
        )
    """,
    "everybody has a data key": """
        SELECT holder FROM (
            SELECT registration_id AS holder FROM registration
            UNION ALL SELECT account_id FROM account
            UNION ALL SELECT guardian_id FROM guardian
            UNION ALL SELECT subject_id FROM message
            UNION ALL SELECT subject_id FROM identifier
        ) AS holders
        WHERE NOT EXISTS (SELECT 1 FROM subject_key WHERE subject_id = holder)
    """,
    "nothing is left of who is gone": """
        SELECT about FROM (
            SELECT subject_id AS about FROM age_decision
            UNION ALL SELECT subject_id FROM idempotency
            UNION ALL SELECT subject_id FROM identifier
            UNION ALL SELECT registration_id FROM contact_code
            UNION ALL SELECT registration_id FROM age_proof
        ) AS kept
        WHERE NOT EXISTS (
            SELECT 1 FROM registration WHERE registration_id = about
            UNION ALL SELECT 1 FROM account WHERE account_id = about
        )
    """,
    "a guardian is asked exactly while a registration waits for one": """
        SELECT registration_id FROM registration
        FULL JOIN consent_request USING (registration_id)
        WHERE consent_request.account_id IS NULL
        GROUP BY registration_id
        HAVING count(consent_request_id) <> count(*) FILTER (
            WHERE registration.state = 'awaiting_guardian'
        )
    """,
    "what waits for a verification is given, for purposes and by a method": """
        SELECT coalesce(registration_id, account_id) FROM consent_request
        WHERE (state = 'verifying') <> (
            method IS NOT NULL AND method <> 'email_plus'
        )
    """,
    "at most one proof of a guardian is under way, and while it is waited for": """
        SELECT coalesce(registration_id, account_id) FROM guardian_proof
        JOIN consent_request USING (consent_request_id)
        WHERE guardian_proof.state = 'pending'
            AND consent_request.state <> 'verifying'
    """,
    "a guardian is kept for a child": """
        SELECT guardian_id FROM guardian
        WHERE NOT EXISTS (
            SELECT 1 FROM guardianship
            WHERE guardianship.guardian_id = guardian.guardian_id
        )
    """,
    "who needs a guardian has every essential purpose granted, or is suspended": """
        SELECT account.account_id FROM account
        JOIN consent_grant AS ever USING (account_id)
        WHERE account.state <> 'suspended' AND ever.given_by = 'guardian'
            AND ever.purpose IN ('account', 'service')
            AND NOT EXISTS (
                SELECT 1 FROM consent_grant AS live
                WHERE live.account_id = account.account_id
                    AND live.purpose = ever.purpose
                    AND live.state IN ('provisional', 'active')
            )
    """,
    "a suspended account that lacks consent has an end": """
        SELECT account_id FROM account
        WHERE suspended_for = 'consent' AND NOT EXISTS (
            SELECT 1 FROM consent_timer
            WHERE subject_id = account_id AND kind = 'erase'
        )
    """,
    "an account under review has an end, or an appeal that has one": """
        SELECT account_id FROM account
        WHERE suspended_for = 'age_review' AND NOT EXISTS (
            SELECT 1 FROM consent_timer
            WHERE subject_id = account_id AND kind = 'erase'
            UNION ALL
            SELECT 1 FROM age_appeal
            WHERE age_appeal.account_id = account.account_id AND state = 'open'
        )
    """,
    "an appeal is open while the account is under review": """
        SELECT account_id FROM account JOIN age_appeal USING (account_id)
        WHERE age_appeal.state = 'open'
            AND suspended_for IS DISTINCT FROM 'age_review'
    """,
    "what is provisional is confirmed or lapses": """
        SELECT account_id FROM consent_grant
        WHERE state = 'provisional' AND NOT EXISTS (
            SELECT 1 FROM consent_timer
            WHERE subject_id = account_id AND consent_timer.giver_id
                = consent_grant.giver_id AND kind = 'confirm' AND about = given_at
        )
    """,
    "what a guardian granted ends on its day": """
        SELECT account_id FROM consent_grant
        WHERE state IN ('waiting', 'provisional', 'active') AND ends_at IS NOT NULL
            AND NOT EXISTS (
                SELECT 1 FROM consent_timer
                WHERE subject_id = account_id AND kind = 'expire' AND about = ends_at
            )
    """,
    "what is live was given by somebody who has a say": """
        SELECT granted.account_id FROM consent_grant AS granted
        JOIN account USING (account_id)
        WHERE granted.state IN ('waiting', 'provisional', 'active')
            AND granted.given_by = 'guardian' AND NOT own_word_due
            AND NOT EXISTS (
                SELECT 1 FROM guardianship AS bond
                WHERE bond.account_id = granted.account_id
                    AND bond.guardian_id = granted.giver_id AND bond.ended_at IS NULL
            )
    """,
    "only who has a say stands against a purpose": """
        SELECT objection.account_id FROM consent_objection AS objection
        LEFT JOIN guardianship AS bond
            ON bond.account_id = objection.account_id
            AND bond.guardian_id = objection.guardian_id
            AND bond.ended_at IS NULL
        WHERE bond.guardian_id IS NULL
    """,
    "a child and a guardian have one live request": """
        SELECT coalesce(registration_id, account_id) FROM consent_request
        GROUP BY coalesce(registration_id, account_id), guardian_id
        HAVING count(*) > 1
    """,
    "receipts of an account are numbered without a gap": """
        SELECT account_id FROM consent_receipt GROUP BY account_id
        HAVING min(number) <> 1 OR max(number) <> count(*)
    """,
    "one person is one registration or one account": """
        SELECT registration_id FROM registration
        JOIN account ON account_id = registration_id
    """,
}

ALL_RULES: Final = " UNION ALL ".join(
    f"SELECT '{rule}' AS rule WHERE EXISTS ({found})" for rule, found in RULES.items()
)


async def broken(pool: Pool) -> list[str]:
    """Return the rules that do not hold now."""
    return [row["rule"] for row in await pool.fetch(ALL_RULES)]
