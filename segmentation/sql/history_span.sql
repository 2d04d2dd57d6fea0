-- Grain: one row. Tables: orders, touches, deals. Unit: dates. The first date anything is known of.
WITH
orders AS (SELECT MIN(ordered_on) AS first_on FROM orders),
touches AS (SELECT CAST(MIN("at") AS DATE) AS first_on FROM touches),
deals AS (SELECT LEAST(MIN(opened_on), MIN(closed_on)) AS first_on FROM deals),
firsts AS (SELECT first_on FROM orders UNION ALL SELECT first_on FROM touches UNION ALL SELECT first_on FROM deals)
SELECT MIN(first_on) AS first_on FROM firsts
