-- Grain: one customer known at the end of $as_of (definitions.md, "Population"), in byte order of customer_id.
-- Tables: customers, orders, deals, touches. Without any orders row every won deal with a closing date is an order.
-- Parameters: $as_of DATE; $window_start DATE, the day before the window's first; $year_start DATE, $as_of − 365 days.
-- Units: *_e4 in ten-thousandths of the currency, *_count in pieces, *_on dates; a count is 0 and a sum 0 where nothing
-- was recorded, margin and dates are null. A refund (amount < 0) counts in sums, never as an order.
WITH
import_customers AS (SELECT * FROM customers),
import_orders AS (SELECT * FROM orders),
import_deals AS (SELECT * FROM deals),
import_touches AS (SELECT * FROM touches),
-- include: purchases
order_totals AS (
    SELECT
        customer_id,
        min(ordered_on) FILTER (WHERE amount >= 0) AS first_order_on,
        max(ordered_on) FILTER (WHERE amount >= 0) AS last_order_on,
        sum(amount) AS total_amount,
        sum(amount) FILTER (WHERE ordered_on > $window_start) AS amount,
        sum(amount) FILTER (WHERE ordered_on > $year_start) AS revenue_12m,
        sum(margin) FILTER (WHERE ordered_on > $window_start) AS margin,
        TRUE AS has_order_row
    FROM purchases
    WHERE ordered_on <= $as_of AND customer_id IS NOT NULL
    GROUP BY customer_id
),
known_touches AS (
    SELECT
        customer_id,
        CAST("at" AS DATE) AS touched_on,
        CASE WHEN kind = 'call' AND reached = FALSE THEN 'not_reached' ELSE coalesce(kind, 'other') END AS kind
    FROM import_touches
    WHERE CAST("at" AS DATE) <= $as_of AND customer_id IS NOT NULL
),
touch_totals AS (
    SELECT
        customer_id,
        min(touched_on) FILTER (WHERE kind NOT IN ('automatic', 'login')) AS first_touch_on,
        max(touched_on) FILTER (WHERE kind NOT IN ('automatic', 'login')) AS last_touch_on,
        count(*) FILTER (
            WHERE touched_on > $window_start AND kind NOT IN ('automatic', 'login', 'message')
        ) AS other_touch_count,
        count(*) FILTER (WHERE touched_on > $window_start AND kind = 'visit') AS visit_count,
        count(*) FILTER (WHERE touched_on > $window_start AND kind = 'call') AS call_count,
        count(*) FILTER (WHERE touched_on > $window_start AND kind = 'meeting') AS meeting_count,
        count(DISTINCT touched_on) FILTER (WHERE touched_on > $window_start AND kind = 'message') AS message_count,
        TRUE AS has_touch
    FROM known_touches
    GROUP BY customer_id
),
-- A deal without any date cannot be placed in time: it makes its customer known and, once decided, contacted; no more.
known_deals AS (
    SELECT
        customer_id,
        state,
        amount,
        CASE WHEN closed_on <= $as_of THEN closed_on END AS closed_on,
        opened_on IS NOT NULL OR closed_on IS NOT NULL AS is_dated
    FROM import_deals
    WHERE
        customer_id IS NOT NULL
        AND (coalesce(opened_on, closed_on) <= $as_of OR (opened_on IS NULL AND closed_on IS NULL))
),
deal_totals AS (
    SELECT
        customer_id,
        count(*) FILTER (WHERE is_dated AND closed_on IS NULL) AS open_deal_count,
        count(*) FILTER (WHERE state = 'won' AND closed_on > $window_start) AS won_deal_count,
        count(*) FILTER (WHERE state = 'lost' AND closed_on > $window_start) AS lost_deal_count,
        sum(amount) FILTER (WHERE state = 'won' AND closed_on > $window_start) AS won_amount,
        bool_or(is_dated) AS has_dated_deal,
        bool_or(is_dated OR state <> 'open') AS has_deal
    FROM known_deals
    GROUP BY customer_id
),
listed AS (
    SELECT
        customer_id, name, owner, region, industry, parent_id, grade, receivable, first_contact_on, TRUE AS is_listed
    FROM import_customers
),
-- Each side is joined once: as a list of ids of their own the totals would be worked out twice.
everybody AS (
    SELECT *
    FROM listed
    FULL JOIN order_totals USING (customer_id)
    FULL JOIN touch_totals USING (customer_id)
    FULL JOIN deal_totals USING (customer_id)
)
SELECT
    customer_id,
    coalesce(name, customer_id) AS name,
    owner,
    region,
    industry,
    parent_id,
    grade,
    CASE WHEN first_contact_on <= $as_of THEN first_contact_on END AS first_contact_on,
    first_order_on,
    last_order_on,
    first_touch_on,
    last_touch_on,
    CAST(coalesce(amount, 0) * 10000 AS BIGINT) AS amount_e4,
    CAST(coalesce(total_amount, 0) * 10000 AS BIGINT) AS total_amount_e4,
    CAST(coalesce(revenue_12m, 0) * 10000 AS BIGINT) AS revenue_12m_e4,
    CAST(margin * 10000 AS BIGINT) AS margin_e4,
    CAST(receivable AS DOUBLE) AS receivable,
    coalesce(other_touch_count, 0) + coalesce(message_count, 0) AS touch_count,
    coalesce(visit_count, 0) AS visit_count,
    coalesce(call_count, 0) AS call_count,
    coalesce(meeting_count, 0) AS meeting_count,
    coalesce(message_count, 0) AS message_count,
    coalesce(open_deal_count, 0) AS open_deal_count,
    coalesce(won_deal_count, 0) AS won_deal_count,
    coalesce(lost_deal_count, 0) AS lost_deal_count,
    CAST(coalesce(won_amount, 0) AS DOUBLE) AS won_amount,
    coalesce(has_deal, FALSE) AS has_deal
FROM everybody
WHERE
    (is_listed AND (first_contact_on IS NULL OR first_contact_on <= $as_of OR has_order_row OR has_touch OR has_dated_deal))
    OR (is_listed IS NULL AND (SELECT count(*) FROM import_customers) = 0)
ORDER BY customer_id
