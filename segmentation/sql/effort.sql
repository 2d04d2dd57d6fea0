-- Grain: one customer and touch kind with a touch on record by $as_of; what falls in the window is counted, so that a
-- customer last seen before it has zeros and one never seen has no row.
-- Tables: touches. A call marked as not reached is of kind not_reached; messages of one day are one; automatic messages
-- and logins cost nobody an hour and are left out.
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first; $visit_limit_minutes DOUBLE.
-- Units: estimated_count touches whose minutes nobody recorded; recorded_minutes Σ minutes of the others.
WITH
import_touches AS (SELECT * FROM touches),
known_touches AS (
    SELECT
        customer_id,
        CAST("at" AS DATE) AS touched_on,
        CASE WHEN kind = 'call' AND reached = FALSE THEN 'not_reached' ELSE coalesce(kind, 'other') END AS kind,
        CASE WHEN minutes >= 0 THEN minutes END AS minutes
    FROM import_touches
    WHERE customer_id IS NOT NULL AND CAST("at" AS DATE) <= $as_of
),
message_days AS (
    SELECT customer_id, touched_on, kind, max(minutes) AS minutes
    FROM known_touches
    WHERE kind = 'message'
    GROUP BY customer_id, touched_on, kind
),
efforts AS (
    SELECT customer_id, touched_on, kind, minutes FROM message_days
    UNION ALL
    SELECT
        customer_id, touched_on, kind,
        CASE WHEN kind = 'visit' AND minutes > $visit_limit_minutes THEN $visit_limit_minutes ELSE minutes END AS minutes
    FROM known_touches
    WHERE kind NOT IN ('message', 'automatic', 'login')
)
SELECT
    customer_id,
    kind,
    count(*) FILTER (WHERE touched_on > $window_start AND minutes IS NULL) AS estimated_count,
    coalesce(sum(minutes) FILTER (WHERE touched_on > $window_start), 0) AS recorded_minutes
FROM efforts
GROUP BY customer_id, kind
ORDER BY customer_id, kind
