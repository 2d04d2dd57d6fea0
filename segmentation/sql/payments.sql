-- Grain: one customer with an order line known at the end of $as_of whose payment is recorded: how it pays.
-- Tables: orders, deals (won deals stand in where there is no order; their payment is not recorded).
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: payment_days the median number of days from order to payment of the window's paid lines, null where no date of
-- payment is known; overdue_amount currency, what is still unpaid of lines ordered more than 90 days before $as_of;
-- overdue_share 0–1, the unpaid part of such lines of the window, null without any.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
known_lines AS (
    SELECT
        customer_id,
        ordered_on,
        amount,
        greatest(amount - CASE WHEN paid_on > $as_of THEN 0 ELSE coalesce(paid_amount, amount) END, 0) AS unpaid_amount,
        ordered_on < $as_of - 90 AS is_due,
        CASE WHEN paid_on <= $as_of THEN paid_on - ordered_on END AS payment_days
    FROM purchases
    WHERE
        amount >= 0 AND ordered_on <= $as_of AND customer_id IS NOT NULL
        AND (paid_amount IS NOT NULL OR paid_on IS NOT NULL)
)
SELECT
    customer_id,
    CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY payment_days) FILTER (
        WHERE ordered_on > $window_start
    ) AS DOUBLE) AS payment_days,
    CAST(coalesce(sum(unpaid_amount) FILTER (WHERE is_due), 0) AS DOUBLE) AS overdue_amount,
    CAST(sum(unpaid_amount) FILTER (WHERE is_due AND ordered_on > $window_start) AS DOUBLE)
    / nullif(CAST(sum(amount) FILTER (WHERE is_due AND ordered_on > $window_start) AS DOUBLE), 0) AS overdue_share
FROM known_lines
GROUP BY customer_id
ORDER BY customer_id
