-- Grain: one customer with an order known at the end of $as_of: how regularly it orders.
-- Tables: orders, deals (won deals stand in where there is no order). A day counts once, however many lines it has.
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: order_days_count and months_with_orders_count in the window; order_interval_days the median number of days
-- between two order days over all history, last_gap_days the number between the last two, null with a single one;
-- repeat_order_share 0–1, order days after the first ÷ order days in the window, null without any.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
purchase_days AS (
    SELECT customer_id, ordered_on
    FROM purchases
    WHERE amount >= 0 AND ordered_on <= $as_of AND customer_id IS NOT NULL
    GROUP BY customer_id, ordered_on
),
gaps AS (
    SELECT
        customer_id,
        ordered_on,
        extract(YEAR FROM ordered_on) * 12 + extract(MONTH FROM ordered_on) AS month_number,
        ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap_days
    FROM purchase_days
)
SELECT
    customer_id,
    count(*) FILTER (WHERE ordered_on > $window_start) AS order_days_count,
    count(DISTINCT month_number) FILTER (WHERE ordered_on > $window_start) AS months_with_orders_count,
    CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap_days) AS DOUBLE) AS order_interval_days,
    CAST(count(*) FILTER (WHERE ordered_on > $window_start) - 1 AS DOUBLE)
    / nullif(count(*) FILTER (WHERE ordered_on > $window_start), 0) AS repeat_order_share,
    CAST(arg_max(gap_days, ordered_on) AS DOUBLE) AS last_gap_days
FROM gaps
GROUP BY customer_id
ORDER BY customer_id
