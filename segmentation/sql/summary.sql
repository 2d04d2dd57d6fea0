-- Grain: one row for the whole data version: the totals anyone checks against their own.
-- Tables: customers, orders, touches, deals, reps. Rows of unknown customers are included, dates as they are in the file.
-- Parameters: none.
-- Units: counts in pieces; amounts in currency; orders distinct order ids with an amount ≥ 0 (a row without one is its
-- own order); first_date and last_date over order, touch, opening and closing dates.
WITH
import_customers AS (SELECT * FROM customers),
import_orders AS (SELECT * FROM orders),
import_touches AS (SELECT * FROM touches),
import_deals AS (SELECT * FROM deals),
import_reps AS (SELECT * FROM reps),
listed AS (SELECT count(*) AS customers FROM import_customers),
seen_ids AS (
    SELECT customer_id FROM import_orders
    UNION
    SELECT customer_id FROM import_touches
    UNION
    SELECT customer_id FROM import_deals
),
seen AS (SELECT count(customer_id) AS customers FROM seen_ids),
order_totals AS (
    SELECT
        count(*) AS order_rows,
        count(DISTINCT coalesce(order_id, row_key)) FILTER (WHERE amount >= 0) AS orders,
        coalesce(CAST(sum(amount) FILTER (WHERE amount >= 0) AS DOUBLE), 0) AS order_amount,
        coalesce(CAST(sum(amount) FILTER (WHERE amount < 0) AS DOUBLE), 0) AS refund_amount,
        min(ordered_on) AS first_on,
        max(ordered_on) AS last_on
    FROM import_orders
),
touch_totals AS (
    SELECT count(*) AS touches, min(CAST("at" AS DATE)) AS first_on, max(CAST("at" AS DATE)) AS last_on
    FROM import_touches
),
deal_totals AS (
    SELECT
        count(*) FILTER (WHERE state = 'won') AS deals_won,
        count(*) FILTER (WHERE state = 'lost') AS deals_lost,
        count(*) FILTER (WHERE state = 'open') AS deals_open,
        coalesce(CAST(sum(amount) FILTER (WHERE state = 'won') AS DOUBLE), 0) AS won_amount,
        least(min(opened_on), min(closed_on) FILTER (WHERE state IN ('won', 'lost'))) AS first_on,
        greatest(max(opened_on), max(closed_on) FILTER (WHERE state IN ('won', 'lost'))) AS last_on
    FROM import_deals
),
rep_totals AS (SELECT count(*) AS reps FROM import_reps)
SELECT
    CASE WHEN listed.customers > 0 THEN listed.customers ELSE seen.customers END AS customers,
    order_totals.orders,
    order_totals.order_amount,
    order_totals.refund_amount,
    deal_totals.deals_won,
    deal_totals.deals_lost,
    deal_totals.deals_open,
    deal_totals.won_amount,
    touch_totals.touches,
    rep_totals.reps,
    least(order_totals.first_on, touch_totals.first_on, deal_totals.first_on) AS first_date,
    greatest(order_totals.last_on, touch_totals.last_on, deal_totals.last_on) AS last_date,
    CASE WHEN order_totals.order_rows = 0 THEN deal_totals.deals_won ELSE 0 END AS orders_from_deals
FROM listed
CROSS JOIN seen
CROSS JOIN order_totals
CROSS JOIN touch_totals
CROSS JOIN deal_totals
CROSS JOIN rep_totals
