-- Grain: one deal as it stood at $since (closed later means open, and its amount unknown), and once more those closed on
-- each customer's drawn days (see replica_orders). Before $since nothing changes, so as many are open as were.
-- Tables: deals; drawn_days (customer_id, days_on).
-- Parameters: $since DATE, the last day that is as it was; $slice_days INTEGER, how many days are drawn.
-- Units: those of the table.
WITH
recorded_deals AS (SELECT * FROM deals)
SELECT
    * REPLACE (
        CASE WHEN closed_on <= $since THEN closed_on END AS closed_on,
        CASE WHEN closed_on > $since THEN 'open' ELSE state END AS state,
        CASE WHEN closed_on > $since THEN NULL ELSE amount END AS amount
    )
FROM recorded_deals
WHERE coalesce(opened_on, closed_on) <= $since OR (opened_on IS NULL AND closed_on IS NULL)
UNION ALL
SELECT
    recorded_deals.* REPLACE (
        coalesce(deal_id, row_key) || ' again' AS deal_id, row_key || ' again' AS row_key,
        greatest(opened_on + days_on, $since + 1) AS opened_on, closed_on + days_on AS closed_on
    )
FROM recorded_deals
INNER JOIN drawn_days USING (customer_id)
WHERE closed_on + days_on > $since AND closed_on + days_on <= $since + $slice_days
