-- name: find_guarding(account_id)
-- Who guards an account, with what it takes to write to them.
SELECT
    guardian.guardian_id,
    guardian.email,
    guardian.language,
    subject_key.key_id,
    subject_key.wrapped_key
FROM guardianship
INNER JOIN guardian ON guardianship.guardian_id = guardian.guardian_id
INNER JOIN subject_key ON guardian.guardian_id = subject_key.subject_id
WHERE guardianship.account_id = :account_id
ORDER BY guardianship.since, guardian.guardian_id;
