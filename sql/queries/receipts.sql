-- name: find_last(account_id)^
SELECT
    number,
    jws
FROM consent_receipt
WHERE account_id = :account_id
ORDER BY number DESC
LIMIT 1;

-- name: add_receipt(receipt_id, app, account_id, number, jws, issued_at)!
INSERT INTO consent_receipt (
    receipt_id, app, account_id, number, jws, issued_at
)
VALUES (:receipt_id, :app, :account_id, :number, :jws, :issued_at);

-- name: find_receipt(receipt_id)^
SELECT
    app,
    jws
FROM consent_receipt
WHERE receipt_id = :receipt_id;

-- name: find_receipts_of(account_id)
SELECT
    receipt_id,
    number,
    jws,
    issued_at
FROM consent_receipt
WHERE account_id = :account_id
ORDER BY number;

-- name: end_receipts(account_id, account_ended_at)!
UPDATE consent_receipt
SET account_ended_at = :account_ended_at
WHERE account_id = :account_id AND account_ended_at IS NULL;

-- name: find_other_apps(apps)
SELECT DISTINCT app
FROM consent_receipt
WHERE app <> ALL(CAST(:apps AS text[]));

-- name: delete_receipts_before(app, before)!
DELETE FROM consent_receipt
WHERE app = :app AND account_ended_at < :before;
