-- Grain: one customer known at the end of $replayed_on (as in features.sql), and what happened in ($replayed_on, $ends_on].
-- Tables: customers, orders, deals, touches. Without any orders row every won deal with a closing date is an order.
-- Parameters: $replayed_on DATE; $ends_on DATE, the last day of the outcome window.
-- Units: *_count in pieces, 0 where nothing happened; *_e4 in ten-thousandths of the currency, refunds included; decided_*
-- and recorded_* count won and lost deals, the latter of all dates and none.
WITH
import_customers AS (SELECT * FROM customers),
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
import_touches AS (SELECT * FROM touches),
-- include: purchases
order_totals AS (
    SELECT
        customer_id,
        count(*) FILTER (WHERE ordered_on <= $replayed_on) AS known_row_count,
        count(*) FILTER (WHERE ordered_on <= $replayed_on AND amount >= 0) AS earlier_order_count,
        count(*) FILTER (WHERE ordered_on > $replayed_on AND amount >= 0) AS order_count,
        count(*) FILTER (WHERE ordered_on > $replayed_on AND amount >= 0 AND NOT is_renewal) AS new_order_count,
        sum(amount) FILTER (WHERE ordered_on > $replayed_on) AS amount
    FROM purchases
    WHERE ordered_on <= $ends_on AND customer_id IS NOT NULL
    GROUP BY customer_id
),
touch_totals AS (
    SELECT customer_id, count(*) AS known_touch_count
    FROM import_touches
    WHERE CAST("at" AS DATE) <= $replayed_on AND customer_id IS NOT NULL
    GROUP BY customer_id
),
dated_deals AS (
    SELECT
        customer_id,
        state,
        amount,
        closed_on > $replayed_on AND closed_on <= $ends_on AS is_in_window,
        coalesce(coalesce(opened_on, closed_on) <= $replayed_on, FALSE) AS is_known,
        opened_on IS NULL AND closed_on IS NULL AS is_undated,
        opened_on <= $ends_on AND (closed_on IS NULL OR closed_on > $ends_on) AS is_open
    FROM import_deals
    WHERE customer_id IS NOT NULL
),
deal_totals AS (
    SELECT
        customer_id,
        count(*) FILTER (WHERE is_known) AS known_deal_count,
        count(*) FILTER (WHERE is_undated) AS undated_deal_count,
        count(*) FILTER (WHERE is_in_window AND state IN ('won', 'lost')) AS decided_count,
        count(*) FILTER (WHERE is_in_window AND state = 'won') AS decided_won_count,
        sum(amount) FILTER (WHERE is_in_window AND state = 'won') AS won_amount,
        count(*) FILTER (WHERE is_open) AS open_count,
        count(*) FILTER (WHERE state IN ('won', 'lost')) AS recorded_count,
        count(*) FILTER (WHERE state = 'won') AS recorded_won_count,
        sum(amount) FILTER (WHERE state = 'won') AS recorded_amount,
        count(*) FILTER (WHERE state = 'open') AS recorded_open_count
    FROM dated_deals
    GROUP BY customer_id
),
listed AS (
    SELECT customer_id, first_contact_on IS NULL OR first_contact_on <= $replayed_on AS is_listed_by_then
    FROM import_customers
),
everybody AS (
    SELECT *
    FROM listed
    FULL JOIN order_totals USING (customer_id)
    FULL JOIN touch_totals USING (customer_id)
    FULL JOIN deal_totals USING (customer_id)
)
SELECT
    customer_id,
    coalesce(earlier_order_count, 0) AS earlier_order_count,
    coalesce(order_count, 0) AS order_count,
    coalesce(new_order_count, 0) AS new_order_count,
    CAST(coalesce(amount, 0) * 10000 AS BIGINT) AS amount_e4,
    coalesce(decided_count, 0) AS decided_count,
    coalesce(decided_won_count, 0) AS decided_won_count,
    CAST(coalesce(won_amount, 0) * 10000 AS BIGINT) AS won_amount_e4,
    coalesce(open_count, 0) AS open_count,
    coalesce(recorded_count, 0) AS recorded_count,
    coalesce(recorded_won_count, 0) AS recorded_won_count,
    CAST(coalesce(recorded_amount, 0) * 10000 AS BIGINT) AS recorded_amount_e4,
    coalesce(recorded_open_count, 0) AS recorded_open_count
FROM everybody
WHERE
    is_listed_by_then
    OR (
        (is_listed_by_then IS NOT NULL OR (SELECT count(*) FROM import_customers) = 0)
        AND (known_row_count > 0 OR known_touch_count > 0 OR known_deal_count > 0)
    )
    OR ((SELECT count(*) FROM import_customers) = 0 AND undated_deal_count > 0)
ORDER BY customer_id
