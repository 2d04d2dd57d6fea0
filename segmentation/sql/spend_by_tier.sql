-- Grain: one row per tier named in the budget lines (null = not assigned to a tier). Tables: spend.
-- Units: amount in currency, summed over months with first day in ($from_on, $as_of].
WITH
spend AS (SELECT month, tier, amount FROM spend)
SELECT tier, SUM(amount)::DOUBLE AS amount, COUNT(DISTINCT month) AS months_count
FROM spend
WHERE month > $from_on AND month <= $as_of
GROUP BY tier
ORDER BY tier NULLS LAST
