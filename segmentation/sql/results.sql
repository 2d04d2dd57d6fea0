-- Grain: one customer with an order, a refund or a renewal decided in ($replayed_on, $ends_on], or who could churn.
-- Tables: orders, deals. Without any orders row every won deal with a closing date is an order.
-- Parameters: $replayed_on DATE; $ends_on DATE, the last day of the outcome window; $active_after and $quiet_after DATE,
-- the days after which a customer must have bought, and not have bought again until $ends_on, to have churned.
-- Units: order_count distinct orders with an amount ≥ 0; ordered_e4 Σ amount ≥ 0 and margin_e4 Σ margin in ten-thousandths
-- of the currency, margin_e4 null where none is recorded; renewal_count deals of kind renewal won or lost, and how many won;
-- keeping_count 1 for who could churn: a renewal decided after $quiet_after, or no contract running then and an order in
-- ($active_after, $quiet_after]; churned_count 1 for those of them with neither an order nor a deal won since.
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
),
buyers AS (
    SELECT customer_id, bool_or(ordered_on <= $quiet_after) AS was_buying, bool_or(ordered_on > $quiet_after) AS is_buying
    FROM purchases
    WHERE ordered_on > $active_after AND ordered_on <= $ends_on AND amount >= 0 AND customer_id IS NOT NULL
    GROUP BY customer_id
),
contracts AS (
    SELECT
        customer_id,
        bool_or(kind = 'renewal' AND state IN ('won', 'lost') AND closed_on > $quiet_after) AS is_decided,
        bool_or(state = 'won' AND closed_on > $quiet_after) AS is_won,
        bool_or(
            state = 'won' AND closed_on <= $quiet_after AND (kind = 'renewal' OR term_months IS NOT NULL)
            AND closed_on + to_months(CAST(coalesce(term_months, 12) AS INTEGER)) > $quiet_after
        ) AS is_running
    FROM import_deals
    WHERE closed_on <= $ends_on AND customer_id IS NOT NULL
    GROUP BY customer_id
),
keeping AS (
    SELECT customer_id, NOT coalesce(is_buying, FALSE) AND NOT coalesce(is_won, FALSE) AS is_churned
    FROM buyers
    FULL JOIN contracts USING (customer_id)
    WHERE CASE WHEN coalesce(is_decided OR is_running, FALSE) THEN is_decided ELSE was_buying END
)
SELECT
    customer_id,
    coalesce(order_count, 0) AS order_count,
    CAST(coalesce(ordered, 0) * 10000 AS BIGINT) AS ordered_e4,
    CAST(margin * 10000 AS BIGINT) AS margin_e4,
    coalesce(renewal_count, 0) AS renewal_count,
    coalesce(renewal_won_count, 0) AS renewal_won_count,
    CAST(is_churned IS NOT NULL AS BIGINT) AS keeping_count,
    CAST(coalesce(is_churned, FALSE) AS BIGINT) AS churned_count
FROM bought
FULL JOIN renewed USING (customer_id)
FULL JOIN keeping USING (customer_id)
ORDER BY customer_id
