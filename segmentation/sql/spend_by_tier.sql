-- Grain: one row per tier named in the budget lines (null = not assigned to a tier). Tables: spend.
-- Units: amount in currency, summed over months with first day in ($from_on, $as_of]; months_count of all lines.
WITH
spend AS (SELECT month, tier, amount FROM spend WHERE month > $from_on AND month <= $as_of),
months AS (SELECT COUNT(DISTINCT month) AS months_count FROM spend)
SELECT spend.tier, SUM(spend.amount)::DOUBLE AS amount, MAX(months.months_count) AS months_count
FROM spend CROSS JOIN months
GROUP BY spend.tier
ORDER BY spend.tier NULLS LAST
