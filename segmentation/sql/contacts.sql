-- Grain: one customer and touch kind with a touch on record by $ends_on; what falls in the window is counted, so that a
-- customer last seen before it has zeros and one never seen has no row.
-- Tables: touches, told apart as in effort.sql: a call not reached is of kind not_reached, messages of one day are one,
-- automatic messages and logins are no follow-up.
-- Parameters: $replayed_on DATE, the day before the window's first; $ends_on DATE, its last.
-- Units: contact_count in pieces.
WITH
import_touches AS (SELECT * FROM touches),
known_touches AS (
    SELECT
        customer_id,
        CAST("at" AS DATE) AS touched_on,
        CASE WHEN kind = 'call' AND reached = FALSE THEN 'not_reached' ELSE coalesce(kind, 'other') END AS kind
    FROM import_touches
    WHERE customer_id IS NOT NULL AND CAST("at" AS DATE) <= $ends_on
),
contacts AS (
    SELECT customer_id, touched_on, kind FROM known_touches WHERE kind NOT IN ('message', 'automatic', 'login')
    UNION ALL
    SELECT DISTINCT customer_id, touched_on, kind FROM known_touches WHERE kind = 'message'
)
SELECT customer_id, kind, count(*) FILTER (WHERE touched_on > $replayed_on) AS contact_count
FROM contacts
GROUP BY customer_id, kind
ORDER BY customer_id, kind
