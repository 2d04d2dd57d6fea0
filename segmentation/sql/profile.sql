-- Grain: one row for the whole data version: what kind of business the data look like (defaults.md, section 2).
-- Tables: customers, orders, deals, touches; won deals stand in where there is no order. Rows of known customers up to $as_of.
-- Parameters: $as_of DATE; $recent_start DATE, the day before the last 24 months.
-- Units: *_count in pieces, *_days days; order_interval_days and days_to_win are medians, null where nothing is known.
-- An order is an order day of a customer: a machine and its freight line are one. order_interval_days is the median of
-- the customers' own median gaps: over all gaps alike, the few who order weekly would speak for everybody.
WITH
import_customers AS (SELECT * FROM customers),
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
import_touches AS (SELECT * FROM touches),
-- include: purchases
order_days AS (
    SELECT customer_id, ordered_on
    FROM purchases
    WHERE amount >= 0 AND ordered_on <= $as_of AND customer_id IS NOT NULL
    GROUP BY customer_id, ordered_on
),
gaps AS (
    SELECT
        customer_id,
        ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap_days
    FROM order_days
),
rhythms AS (
    SELECT customer_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap_days) AS gap_days
    FROM gaps
    WHERE gap_days IS NOT NULL
    GROUP BY customer_id
),
gap_totals AS (
    SELECT CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY gap_days) AS DOUBLE) AS order_interval_days
    FROM rhythms
),
buyers AS (
    SELECT customer_id, count(*) FILTER (WHERE ordered_on > $recent_start) AS recent_count
    FROM order_days
    GROUP BY customer_id
),
buyer_totals AS (
    SELECT
        count(*) AS buyer_count,
        count(*) FILTER (WHERE recent_count > 0) AS recent_buyer_count,
        count(*) FILTER (WHERE recent_count >= 3) AS repeat_buyer_count
    FROM buyers
),
day_totals AS (
    SELECT
        count(*) AS order_days_count,
        min(ordered_on) AS first_on,
        max(ordered_on) AS last_on,
        count(DISTINCT extract(YEAR FROM ordered_on) * 12 + extract(MONTH FROM ordered_on)) AS month_count,
        count(*) FILTER (WHERE extract(DAY FROM ordered_on) > 1) AS inside_month_count,
        count(*) FILTER (WHERE extract(DAY FROM ordered_on + 1) > 1) AS before_month_end_count
    FROM order_days
),
order_totals AS (SELECT count(*) AS order_row_count FROM import_orders),
touch_totals AS (
    SELECT count(*) AS touch_count, min(CAST("at" AS DATE)) AS first_on, max(CAST("at" AS DATE)) AS last_on
    FROM import_touches
    WHERE CAST("at" AS DATE) <= $as_of
),
deal_totals AS (
    SELECT
        count(*) AS deal_count,
        count(*) FILTER (WHERE state IN ('won', 'lost')) AS decided_count,
        count(*) FILTER (WHERE state IN ('won', 'lost') AND closed_on <= $as_of) AS dated_decided_count,
        count(*) FILTER (WHERE kind IN ('renewal', 'expansion')) AS recurring_count,
        count(DISTINCT customer_id) AS deal_customer_count,
        CAST(percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_on - opened_on) FILTER (
            WHERE state = 'won' AND closed_on >= opened_on AND closed_on <= $as_of
        ) AS DOUBLE) AS days_to_win,
        min(coalesce(opened_on, closed_on)) FILTER (WHERE coalesce(opened_on, closed_on) <= $as_of) AS first_on,
        max(CASE WHEN closed_on <= $as_of THEN closed_on ELSE opened_on END) FILTER (
            WHERE opened_on <= $as_of OR closed_on <= $as_of
        ) AS last_on
    FROM import_deals
),
customer_totals AS (
    SELECT count(*) AS listed_count, count(renewal_on) AS renewing_count FROM import_customers
)
SELECT
    customer_totals.listed_count,
    customer_totals.renewing_count,
    order_totals.order_row_count,
    day_totals.order_days_count,
    day_totals.month_count,
    day_totals.inside_month_count = 0 OR day_totals.before_month_end_count = 0 AS is_monthly,
    buyer_totals.buyer_count,
    buyer_totals.recent_buyer_count,
    buyer_totals.repeat_buyer_count,
    gap_totals.order_interval_days,
    touch_totals.touch_count,
    deal_totals.deal_count,
    deal_totals.decided_count,
    deal_totals.dated_decided_count,
    deal_totals.recurring_count,
    deal_totals.deal_customer_count,
    deal_totals.days_to_win,
    least(day_totals.first_on, touch_totals.first_on, deal_totals.first_on) AS first_on,
    greatest(day_totals.last_on, touch_totals.last_on, deal_totals.last_on) AS last_on,
    day_totals.first_on AS first_order_on,
    day_totals.last_on AS last_order_on
FROM customer_totals
CROSS JOIN order_totals
CROSS JOIN day_totals
CROSS JOIN buyer_totals
CROSS JOIN gap_totals
CROSS JOIN touch_totals
CROSS JOIN deal_totals
