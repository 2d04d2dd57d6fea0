-- Grain: one row for the whole data version: orders that belong to no known customer.
-- Tables: orders, customers. Without a customers table every customer an order names is known.
-- Parameters: none.
-- Units: orders distinct order ids (a row without one is its own order); amount in currency, refunds included.
WITH
import_orders AS (SELECT * FROM orders),
import_customers AS (SELECT * FROM customers),
unmatched AS (
    SELECT order_id, row_key, amount
    FROM import_orders
    WHERE customer_id IS NULL
        OR ((SELECT count(*) FROM import_customers) > 0
            AND customer_id NOT IN (SELECT customer_id FROM import_customers WHERE customer_id IS NOT NULL))
)
SELECT
    count(DISTINCT coalesce(order_id, row_key)) AS orders,
    coalesce(CAST(sum(amount) AS DOUBLE), 0) AS amount
FROM unmatched
