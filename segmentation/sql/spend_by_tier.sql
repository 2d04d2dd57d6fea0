-- Grain: one tier named in the budget lines (null = assigned to none).
-- Tables: spend.
-- Parameters: $from_on DATE, the day before the period's first; $as_of DATE.
-- Units: amount in currency, over months whose first day is in ($from_on, $as_of]; months_count of all those lines.
WITH
import_spend AS (SELECT * FROM spend),
lines AS (SELECT month, tier, amount FROM import_spend WHERE month > $from_on AND month <= $as_of),
months AS (SELECT count(DISTINCT month) AS months_count FROM lines)
SELECT lines.tier, CAST(sum(lines.amount) AS DOUBLE) AS amount, max(months.months_count) AS months_count
FROM lines
CROSS JOIN months
GROUP BY lines.tier
ORDER BY lines.tier NULLS LAST
