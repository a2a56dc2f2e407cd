-- name: add_report(report_id, app, blind_index, reported_at)!
INSERT INTO minor_report (report_id, app, blind_index, reported_at)
VALUES (:report_id, :app, :blind_index, :reported_at);

-- name: find_reports(after, batch)
SELECT
    report_id,
    app,
    blind_index
FROM minor_report
WHERE report_id > :after
ORDER BY report_id
LIMIT :batch;

-- name: take_report(report_id)!
-- Touches no row when another worker took it.
DELETE FROM minor_report
WHERE report_id = :report_id;
