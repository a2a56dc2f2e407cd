-- name: settle_try(subject_id, proof, proven, now, window_start, in_window, in_a_row)$
-- True when the proof was right and a try was left: then nothing is counted any more.
-- In a row count failures that were looked at: nobody closes the way for good at once.
INSERT INTO failed_tries AS tries (
    subject_id, proof, in_window, window_began_at, in_a_row
)
VALUES (
    :subject_id,
    :proof,
    CASE WHEN CAST(:proven AS boolean) THEN 0 ELSE 1 END,
    :now,
    CASE WHEN CAST(:proven AS boolean) THEN 0 ELSE 1 END
)
ON CONFLICT (subject_id, proof) DO UPDATE
    SET
        in_window = CASE
            WHEN
                CAST(:proven AS boolean)
                AND tries.in_a_row < :in_a_row
                AND (
                    tries.in_window < :in_window
                    OR tries.window_began_at <= :window_start
                )
                THEN 0
            WHEN tries.window_began_at <= :window_start THEN 1
            ELSE least(tries.in_window + 1, 30000)
        END,
        window_began_at = CASE
            WHEN
                tries.window_began_at <= :window_start
                OR tries.in_window = 0 THEN :now
            ELSE tries.window_began_at
        END,
        in_a_row = CASE
            WHEN
                CAST(:proven AS boolean)
                AND tries.in_a_row < :in_a_row
                AND (
                    tries.in_window < :in_window
                    OR tries.window_began_at <= :window_start
                )
                THEN 0
            WHEN
                tries.in_window >= :in_window
                AND tries.window_began_at > :window_start
                THEN tries.in_a_row
            ELSE least(tries.in_a_row + 1, 30000)
        END,
        told_at = CASE
            WHEN
                CAST(:proven AS boolean)
                AND tries.in_a_row < :in_a_row
                AND (
                    tries.in_window < :in_window
                    OR tries.window_began_at <= :window_start
                )
                THEN NULL
            ELSE tries.told_at
        END
RETURNING tries.in_a_row = 0;

-- name: lock_tries(subject_id, proof, now, window_start, in_window, in_a_row)$
-- True while a try is left. Others who try meanwhile wait for this transaction.
INSERT INTO failed_tries AS tries (
    subject_id, proof, in_window, window_began_at, in_a_row
)
VALUES (:subject_id, :proof, 0, :now, 0)
ON CONFLICT (subject_id, proof) DO UPDATE
    SET proof = excluded.proof
RETURNING
    tries.in_a_row < :in_a_row
    AND (
        tries.in_window < :in_window OR tries.window_began_at <= :window_start
    );

-- name: forget_tries(subject_id, proofs)!
DELETE FROM failed_tries
WHERE subject_id = :subject_id AND proof = ANY(CAST(:proofs AS text[]));

-- name: delete_old_tries(window_start, batch)!
-- Of an account, and of a guardian, the failures in a row stay counted; nobody else's
-- do.
DELETE FROM failed_tries AS tries
WHERE (subject_id, proof) IN (
    SELECT
        old.subject_id,
        old.proof
    FROM failed_tries AS old
    WHERE
        old.window_began_at <= :window_start
        AND (
            old.in_a_row = 0
            OR NOT EXISTS (
                SELECT FROM account
                WHERE account.account_id = old.subject_id
                UNION ALL
                SELECT FROM guardian
                WHERE guardian.guardian_id = old.subject_id
            )
        )
    ORDER BY old.window_began_at
    LIMIT :batch
);

-- name: take_untold(in_window, now, batch)
-- Whose failures slow them down, and who was not told since they last got in.
UPDATE failed_tries AS tries
SET told_at = :now
WHERE (subject_id, proof) IN (
    SELECT
        due.subject_id,
        due.proof
    FROM failed_tries AS due
    WHERE
        due.in_window >= :in_window
        AND due.told_at IS NULL
        AND EXISTS (
            SELECT FROM account
            WHERE account.account_id = due.subject_id
        )
    ORDER BY due.window_began_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
)
RETURNING tries.subject_id;

-- name: lock_used_up(subject_id, proof, in_a_row)^
-- Who proposes to begin anew, of a count that closed the way for good.
SELECT reset_proposed_by
FROM failed_tries
WHERE
    subject_id = :subject_id
    AND proof = :proof
    AND in_a_row >= :in_a_row
FOR UPDATE;

-- name: propose_reset(subject_id, proof, operator)!
UPDATE failed_tries
SET reset_proposed_by = :operator
WHERE subject_id = :subject_id AND proof = :proof;
