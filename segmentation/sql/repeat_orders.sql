-- Grain: one customer with an order known at the end of $as_of: its orders after the first day, over all history.
-- Tables: orders, deals (won deals stand in where there is no order). A day counts once, however many lines it has.
-- Parameters: $as_of DATE.
-- Units: repeat_order_days_count distinct order days after the first; order_span_days from the first order day to the
-- last, 0 with a single one; repeat_amount the amounts ≥ 0 of the days after the first, in the currency, refunds left
-- out; margin_share gross profit ÷ amount of the order lines whose gross profit is recorded, null where none is.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
day_totals AS (
    SELECT
        customer_id,
        ordered_on,
        sum(amount) AS amount,
        sum(margin) AS margin,
        sum(CASE WHEN margin IS NOT NULL THEN amount END) AS margin_amount
    FROM purchases
    WHERE amount >= 0 AND ordered_on <= $as_of AND customer_id IS NOT NULL
    GROUP BY customer_id, ordered_on
),
firsts AS (
    SELECT customer_id, min(ordered_on) AS first_on
    FROM day_totals
    GROUP BY customer_id
)
SELECT
    customer_id,
    count(*) - 1 AS repeat_order_days_count,
    max(ordered_on) - min(first_on) AS order_span_days,
    CAST(coalesce(sum(CASE WHEN ordered_on > first_on THEN amount END), 0) AS DOUBLE) AS repeat_amount,
    CAST(sum(margin) AS DOUBLE) / nullif(CAST(sum(margin_amount) AS DOUBLE), 0) AS margin_share
FROM day_totals
JOIN firsts USING (customer_id)
GROUP BY customer_id
ORDER BY customer_id
