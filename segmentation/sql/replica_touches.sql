-- Grain: one touch as it was known at $since, and once more those of each customer's drawn days (see replica_orders).
-- Tables: touches; drawn_days (customer_id, days_on).
-- Parameters: $since DATE, the last day that is as it was; $slice_days INTEGER, how many days are drawn.
-- Units: those of the table.
WITH
recorded_touches AS (SELECT * FROM touches)
SELECT * FROM recorded_touches WHERE CAST("at" AS DATE) <= $since
UNION ALL
SELECT
    recorded_touches.* REPLACE (
        touch_id || ' again' AS touch_id, row_key || ' again' AS row_key, "at" + to_days(days_on) AS "at"
    )
FROM recorded_touches
INNER JOIN drawn_days USING (customer_id)
WHERE CAST("at" AS DATE) + days_on > $since AND CAST("at" AS DATE) + days_on <= $since + $slice_days
