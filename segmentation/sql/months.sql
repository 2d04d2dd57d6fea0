-- Grain: one calendar month with an order or a refund.
-- Tables: orders, deals (won deals stand in where there is no order). Rows of unknown customers are included.
-- Parameters: none.
-- Units: month as its first day; orders distinct order ids with an amount ≥ 0; amounts in currency.
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
