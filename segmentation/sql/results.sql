-- Grain: one customer with an order, a refund or a renewal decided in ($replayed_on, $ends_on].
-- Tables: orders, deals. Without any orders row every won deal with a closing date is an order.
-- Parameters: $replayed_on DATE; $ends_on DATE, the last day of the outcome window.
-- Units: order_count distinct orders with an amount ≥ 0; ordered_e4 Σ amount ≥ 0 and margin_e4 Σ margin in ten-thousandths
-- of the currency, margin_e4 null where none is recorded; renewal_count deals of kind renewal won or lost, and how many won.
WITH
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
-- include: purchases
bought AS (
    SELECT
        customer_id,
        count(DISTINCT order_id) FILTER (WHERE amount >= 0) AS order_count,
        sum(amount) FILTER (WHERE amount >= 0) AS ordered,
        sum(margin) AS margin
    FROM purchases
    WHERE ordered_on > $replayed_on AND ordered_on <= $ends_on AND customer_id IS NOT NULL
    GROUP BY customer_id
),
renewed AS (
    SELECT
        customer_id,
        count(*) AS renewal_count,
        count(*) FILTER (WHERE state = 'won') AS renewal_won_count
    FROM import_deals
    WHERE
        kind = 'renewal' AND state IN ('won', 'lost') AND customer_id IS NOT NULL
        AND closed_on > $replayed_on AND closed_on <= $ends_on
    GROUP BY customer_id
)
SELECT
    customer_id,
    coalesce(order_count, 0) AS order_count,
    CAST(coalesce(ordered, 0) * 10000 AS BIGINT) AS ordered_e4,
    CAST(margin * 10000 AS BIGINT) AS margin_e4,
    coalesce(renewal_count, 0) AS renewal_count,
    coalesce(renewal_won_count, 0) AS renewal_won_count
FROM bought
FULL JOIN renewed USING (customer_id)
ORDER BY customer_id
