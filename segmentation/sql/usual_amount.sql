-- Grain: one row for the whole data version: how large an order row usually is.
-- Tables: orders.
-- Parameters: none.
-- Units: median_amount in currency, signs aside; null where there is no order.
WITH
import_orders AS (SELECT * FROM orders)
SELECT CAST(median(abs(amount)) AS DOUBLE) AS median_amount
FROM import_orders
