-- Grain: one customer with an order known at the end of $as_of: how often it ordered.
-- Tables: orders, deals (won deals stand in where there is no order).
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first.
-- Units: distinct order ids with an amount ≥ 0, order_count in the window, total_order_count over all history.
-- A query of its own: together with the totals of features.sql its hash table would not fit into the memory limit.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
-- Lines to orders first, then counted: one narrow hash table serves both counts, where count(DISTINCT) builds two.
customer_orders AS (
    SELECT customer_id, order_id, max(ordered_on) AS last_on
    FROM purchases
    WHERE ordered_on <= $as_of AND customer_id IS NOT NULL AND amount >= 0
    GROUP BY customer_id, order_id
)
SELECT
    customer_id,
    count(*) FILTER (WHERE last_on > $window_start) AS order_count,
    count(*) AS total_order_count
FROM customer_orders
GROUP BY customer_id
ORDER BY customer_id
