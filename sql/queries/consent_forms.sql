-- name: add_form(form_id, consent_request_id, verification, app, kind, size, sha256, reference, picture, uploaded_at, tell_at)!
-- Touches no row where one waits already.
INSERT INTO consent_form (
    form_id,
    consent_request_id,
    verification,
    app,
    kind,
    size,
    sha256,
    reference,
    picture,
    uploaded_at,
    tell_at
)
VALUES (
    :form_id,
    :consent_request_id,
    :verification,
    :app,
    :kind,
    :size,
    :sha256,
    :reference,
    :picture,
    :uploaded_at,
    :tell_at
)
ON CONFLICT (consent_request_id, verification) DO NOTHING;

-- name: find_forms(form_id)
-- Those that wait, the oldest first; the picture stays where it is.
SELECT
    form.form_id,
    form.consent_request_id,
    form.app,
    form.kind,
    form.size,
    form.sha256,
    form.reference,
    form.uploaded_at,
    form.approved_by,
    coalesce(request.registration_id, request.account_id) AS subject_id
FROM consent_form AS form
INNER JOIN consent_request AS request
    ON
        form.consent_request_id = request.consent_request_id
        AND form.verification = request.verifications
WHERE
    request.state = 'verifying'
    AND request.method = 'signed_form'
    AND (
        CAST(:form_id AS uuid) IS NULL
        OR form.form_id = CAST(:form_id AS uuid)
    )
ORDER BY form.uploaded_at, form.form_id;

-- name: find_forms_of(account_id)
-- Whatever is kept, also of a try that is over.
SELECT
    form.form_id,
    form.consent_request_id,
    form.app,
    form.kind,
    form.size,
    form.sha256,
    form.reference,
    form.uploaded_at,
    form.approved_by,
    coalesce(request.registration_id, request.account_id) AS subject_id
FROM consent_form AS form
INNER JOIN consent_request AS request
    ON form.consent_request_id = request.consent_request_id
WHERE request.account_id = :account_id
ORDER BY form.uploaded_at, form.form_id;

-- name: find_picture(form_id)$
SELECT picture
FROM consent_form
WHERE form_id = :form_id;

-- name: is_waiting(consent_request_id, verification)$
SELECT EXISTS(
    SELECT 1
    FROM consent_form
    WHERE
        consent_request_id = :consent_request_id
        AND verification = :verification
);

-- name: approve_form(form_id, approved_by)!
UPDATE consent_form
SET approved_by = :approved_by
WHERE form_id = :form_id AND approved_by IS NULL;

-- name: delete_form(form_id)!
DELETE FROM consent_form
WHERE form_id = :form_id;

-- name: delete_stale_forms()!
-- Of tries that are over: the guardian has answered otherwise since.
DELETE FROM consent_form AS form
USING consent_request AS request
WHERE
    form.consent_request_id = request.consent_request_id
    AND (
        request.state <> 'verifying'
        OR request.method <> 'signed_form'
        OR form.verification <> request.verifications
    );

-- name: measure_forms()
SELECT
    form.app,
    count(*) AS waiting,
    min(form.uploaded_at) AS oldest_at
FROM consent_form AS form
INNER JOIN consent_request AS request
    ON
        form.consent_request_id = request.consent_request_id
        AND form.verification = request.verifications
WHERE request.state = 'verifying' AND request.method = 'signed_form'
GROUP BY form.app;

-- name: take_untold_apps(now, again_at)
-- Apps of which a form waits that the operator has not been told of for long enough;
-- with it every other of the same app is told, so that one letter tells of them all.
WITH due AS (
    UPDATE consent_form
    SET tell_at = :again_at
    WHERE tell_at <= :now
    RETURNING app
),

others AS (
    UPDATE consent_form
    SET tell_at = :again_at
    WHERE tell_at > :now AND app IN (SELECT app FROM due)
    RETURNING app
)

SELECT app
FROM due
UNION
SELECT app
FROM others;
