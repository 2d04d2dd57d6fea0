-- Grain: one customer with an order line in the window: what it buys and how much of it is paid.
-- Tables: orders, deals (won deals stand in where there is no order).
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: family_count distinct product families (the product where no family is recorded); paid_share 0–1, what was paid
-- by $as_of of the lines whose payment is recorded, null where none is.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- purchases: begin
purchases AS (
    SELECT
        customer_id, coalesce(order_id, row_key) AS order_id, ordered_on, amount, margin,
        coalesce(family, product) AS family, paid_amount, paid_on, FALSE AS is_renewal
    FROM import_orders
    UNION ALL
    SELECT
        customer_id, 'deal:' || coalesce(deal_id, row_key) AS order_id, closed_on AS ordered_on,
        coalesce(amount, 0) AS amount, NULL AS margin, product AS family, NULL AS paid_amount, NULL AS paid_on,
        coalesce(kind = 'renewal', FALSE) AS is_renewal
    FROM import_deals
    WHERE state = 'won' AND closed_on IS NOT NULL AND (SELECT count(*) FROM import_orders) = 0
),
-- purchases: end
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
