-- Grain: one row for the whole data version: the first date anything is known of.
-- Tables: orders, touches, deals.
-- Parameters: none.
-- Units: first_on a date, null where nothing is dated.
WITH
import_orders AS (SELECT * FROM orders),
import_touches AS (SELECT * FROM touches),
import_deals AS (SELECT * FROM deals),
firsts AS (
    SELECT min(ordered_on) AS first_on FROM import_orders
    UNION ALL
    SELECT min(CAST("at" AS DATE)) FROM import_touches
    UNION ALL
    SELECT least(min(opened_on), min(closed_on)) FROM import_deals
)
SELECT min(first_on) AS first_on FROM firsts
