-- Grain: one calendar month with an order or a refund.
-- Tables: orders, deals (won deals stand in where there is no order). Rows of unknown customers are included.
-- Parameters: none.
-- Units: month as its first day; orders distinct order ids with an amount ≥ 0; amounts in currency.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
dated_purchases AS (
    SELECT CAST(date_trunc('month', ordered_on) AS DATE) AS month, order_id, amount
    FROM purchases
    WHERE ordered_on IS NOT NULL
)
SELECT
    month,
    count(DISTINCT order_id) FILTER (WHERE amount >= 0) AS orders,
    coalesce(CAST(sum(amount) FILTER (WHERE amount >= 0) AS DOUBLE), 0) AS order_amount,
    coalesce(CAST(sum(amount) FILTER (WHERE amount < 0) AS DOUBLE), 0) AS refund_amount,
    coalesce(CAST(sum(amount) AS DOUBLE), 0) AS amount
FROM dated_purchases
GROUP BY month
ORDER BY month
