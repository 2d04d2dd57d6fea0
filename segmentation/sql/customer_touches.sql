-- Grain: one recorded follow-up of $customer_id, newest first. Tables: touches, sources.
-- Parameters: $customer_id; $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: minutes as recorded, null where the default of the kind is used; kind with not_reached for unanswered calls;
-- reason null = counted, else after_date, before_window or automatic (behaviour, not effort). cell is the one of its date.
WITH
import_touches AS (SELECT * FROM touches WHERE customer_id = $customer_id),
import_sources AS (SELECT * FROM sources),
dated AS (
    SELECT
        "at",
        CAST("at" AS DATE) AS touched_on,
        CASE WHEN kind = 'call' AND reached = FALSE THEN 'not_reached' ELSE coalesce(kind, 'other') END AS kind,
        minutes, rep, row_key, source_id, source_row
    FROM import_touches
)
SELECT
    dated."at",
    dated.touched_on,
    dated.kind,
    dated.minutes,
    dated.rep,
    import_sources.file,
    import_sources.sheet,
    dated.source_row,
    json_extract_string(import_sources."columns", '$.at[1]') || dated.source_row AS cell,
    CASE
        WHEN dated.touched_on > $as_of THEN 'after_date'
        WHEN dated.touched_on <= $window_start THEN 'before_window'
        WHEN dated.kind IN ('automatic', 'login') THEN 'automatic'
    END AS reason
FROM dated
LEFT JOIN import_sources ON import_sources.source_id = dated.source_id
ORDER BY dated."at" DESC NULLS LAST, dated.source_id, dated.source_row, dated.row_key
