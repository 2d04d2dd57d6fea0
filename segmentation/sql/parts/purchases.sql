-- What counts as an order line, everywhere: the orders; where there is none at all, every won deal with a closing date.
-- Needs import_orders and import_deals.
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
