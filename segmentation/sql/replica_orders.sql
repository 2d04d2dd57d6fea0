-- Grain: one order line as it was known at $since, and once more those of each customer's drawn days, as if they came
-- again right after $since under ids of their own.
-- Tables: orders; drawn_days (customer_id; days_on INTEGER, how many days on the drawn ones are moved).
-- Parameters: $since DATE, the last day that is as it was; $slice_days INTEGER, how many days are drawn.
-- Units: those of the table.
WITH
recorded_orders AS (SELECT * FROM orders)
SELECT * FROM recorded_orders WHERE ordered_on <= $since
UNION ALL
SELECT
    recorded_orders.* REPLACE (
        coalesce(order_id, row_key) || ' again' AS order_id, row_key || ' again' AS row_key,
        ordered_on + days_on AS ordered_on
    )
FROM recorded_orders
INNER JOIN drawn_days USING (customer_id)
WHERE ordered_on + days_on > $since AND ordered_on + days_on <= $since + $slice_days
