-- Grain: one customer with an order line in the window: what it buys and how much of it is paid.
-- Tables: orders, deals (won deals stand in where there is no order).
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: family_count distinct product families (the product where no family is recorded); paid_share 0–1, what was paid
-- by $as_of of the lines whose payment is recorded, null where none is.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
known_lines AS (
    SELECT
        customer_id,
        family,
        CASE WHEN paid_amount IS NOT NULL THEN amount END AS payable_amount,
        CASE WHEN paid_on > $as_of THEN 0 ELSE paid_amount END AS paid_amount
    FROM purchases
    WHERE amount >= 0 AND ordered_on > $window_start AND ordered_on <= $as_of AND customer_id IS NOT NULL
)
SELECT
    customer_id,
    count(DISTINCT family) AS family_count,
    CAST(sum(paid_amount) AS DOUBLE) / nullif(CAST(sum(payable_amount) AS DOUBLE), 0) AS paid_share
FROM known_lines
GROUP BY customer_id
ORDER BY customer_id
